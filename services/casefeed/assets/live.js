// The live feed: says when it is not live, and lets the reader pause it, be told by a sound, and mark what they have read.
// What it says stands in the page (data-...), in the reader's language.

const SILENCE_MILLISECONDS = 19_000; // a heartbeat comes every 15 s; silence is said within 20 s
const AGAIN_MILLISECONDS = 3_000; // what could not be asked for is asked for again
const READ = "lantern-feed-read";
const SOUND = "lantern-feed-sound";

export function follow(htmx) {
  const feed = document.querySelector("[data-live]");
  if (!feed) return;
  const ear = new Ear(feed, () => htmx.trigger(feed.querySelector("[data-live-fetch]"), "resume"));
  htmx.createEventSource = (url) => ear.listen(new EventSource(url));
  new Pause(feed, htmx, ear);
  const sound = new Sound(feed);
  const unread = new Unread(feed);
  const rows = new Rows(feed);
  htmx.on(feed, "htmx:beforeSwap", (event) => {
    if (!event.detail.shouldSwap) return;
    event.detail.shouldSwap = false;
    if (unread.mark(rows.take(event.detail.serverResponse)) > 0) sound.play();
    ear.caughtUp();
  });
  htmx.on("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) ear.over();
    else ear.missed();
  });
  for (const failed of ["htmx:sendError", "htmx:timeout"]) htmx.on(failed, () => ear.missed());
  unread.mark(rows.all);
}

class Ear {
  constructor(feed, ask) {
    this.ask = ask;
    this.behind = false;
    this.state = feed.querySelector("[data-live-state]");
    this.since = feed.querySelector("[data-live-since]");
    this.heardAt = new Date();
    this.pausedAt = null;
    this.say("connecting");
    this.wait();
  }

  listen(source) {
    source.addEventListener("open", () => this.heard());
    source.addEventListener("beat", () => this.heard());
    source.addEventListener("bell", () => this.heard());
    source.addEventListener("lost", () => this.lost());
    source.addEventListener("over", () => { source.close(); this.over(); });
    source.addEventListener("error", () => this.lost());
    return source;
  }

  heard() {
    if (this.behind) return;
    this.heardAt = new Date();
    this.say("live");
    this.wait();
  }

  lost() {
    if (this.said === "live") this.say("lost");
  }

  // A bell rang, and what it rang for did not come: however well the hub is heard, the page is not live until it has.
  missed() {
    if (this.said === "over") return;
    this.behind = true;
    this.say("lost");
    clearTimeout(this.again);
    this.again = setTimeout(this.ask, AGAIN_MILLISECONDS);
  }

  caughtUp() {
    if (!this.behind) return;
    this.behind = false;
    clearTimeout(this.again);
    this.heard();
  }

  over() {
    clearTimeout(this.timer);
    clearTimeout(this.again);
    this.say("over");
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say("lost"), SILENCE_MILLISECONDS);
  }

  // Whoever has paused is shown nothing new: however well the hub is heard, the page is not live.
  pause(on) {
    this.pausedAt = on ? new Date() : null;
    this.say(this.said);
  }

  say(said) {
    this.said = said;
    const state = said === "live" && this.pausedAt ? "paused" : said;
    if (this.state.dataset.liveState === state) return;
    this.state.dataset.liveState = state;
    this.state.querySelector("[data-live-words]").textContent = this.state.dataset[state];
    const since = { lost: this.heardAt, over: this.heardAt, paused: this.pausedAt }[state];
    this.since.textContent = since ? clock(since) : "";
  }
}

class Pause {
  constructor(feed, htmx, ear) {
    this.ear = ear;
    this.button = feed.querySelector("[data-live-pause]");
    this.fetching = feed.querySelector("[data-live-fetch]");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.turn(htmx));
    htmx.on(this.fetching, "htmx:confirm", (event) => {
      if (this.paused) event.preventDefault();
    });
  }

  get paused() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  turn(htmx) {
    this.button.setAttribute("aria-pressed", String(!this.paused));
    this.button.textContent = this.paused ? this.button.dataset.resume : this.button.dataset.pause;
    this.ear.pause(this.paused);
    if (!this.paused) htmx.trigger(this.fetching, "resume");
  }
}

class Sound {
  constructor(feed) {
    this.box = feed.querySelector("[data-live-sound]");
    this.box.closest("[hidden]")?.removeAttribute("hidden");
    this.box.checked = localStorage.getItem(SOUND) === "on";
    this.box.addEventListener("change", () => {
      localStorage.setItem(SOUND, this.box.checked ? "on" : "off");
      this.play();
    });
  }

  play() {
    if (!this.box.checked) return;
    this.audio ??= new AudioContext();
    const [tone, gain] = [this.audio.createOscillator(), this.audio.createGain()];
    const now = this.audio.currentTime;
    tone.frequency.value = 440;
    gain.gain.setValueAtTime(0.05, now);
    gain.gain.exponentialRampToValueAtTime(0.001, now + 0.4);
    tone.connect(gain).connect(this.audio.destination);
    tone.start(now);
    tone.stop(now + 0.4);
  }
}

// A page that is open all day holds the latest rows; those before them stand behind "Earlier".
class Rows {
  constructor(feed) {
    this.list = feed.querySelector("[data-live-entries]");
    this.most = Number(this.list.dataset.most);
    this.reached = feed.querySelector("[data-live-reached]");
    this.none = feed.querySelector("[data-live-none]");
    this.earlier = document.querySelector("[data-live-earlier]");
  }

  get all() {
    return [...this.list.children];
  }

  // htmx would look through each row for what is its own, and there is nothing.
  take(answer) {
    const piece = document.createElement("template");
    piece.innerHTML = answer;
    const came = [...piece.content.querySelectorAll("[data-sequence]")];
    this.reached.value = piece.content.querySelector("[data-live-reached]").value;
    if (came.length === 0) return came;
    this.trim(came);
    this.list.prepend(...came);
    this.stand(came);
    this.none.hidden = true;
    return came;
  }

  // A row tells how its child stands now, so what came says it of their rows before, too. A text that changes is not
  // read out as one that is added would be.
  stand(came) {
    const latest = new Map([...came].reverse().map((row) => [row.dataset.case, row]));
    for (const row of this.all) {
      const says = latest.get(row.dataset.case);
      if (!says || says === row) continue;
      const [tag, now] = [row, says].map((one) => one.querySelector("[data-standing]").firstElementChild);
      tag.className = now.className;
      tag.firstChild.data = now.textContent;
      row.classList.toggle("lantern-entry--missing", says.classList.contains("lantern-entry--missing"));
    }
  }

  // What the reader has before them stays; but a full answer may have left out what lies between it and the rows here.
  trim(came) {
    const over = this.all.slice(this.most - came.length);
    if (over.length === 0) return;
    if (came.length < this.most && isInView(over[0])) return;
    over.forEach((row) => row.remove());
    this.lead((this.list.lastElementChild ?? came.at(-1)).dataset.sequence);
  }

  lead(sequence) {
    const link = this.earlier.querySelector("a");
    const address = new URL(link.href);
    address.searchParams.set("before", sequence);
    link.href = address;
    this.earlier.hidden = false;
  }
}

function isInView(row) {
  return row.getBoundingClientRect().top < window.innerHeight;
}

class Unread {
  constructor(feed) {
    this.feed = feed;
    this.button = feed.querySelector("[data-live-read]");
    this.button.addEventListener("click", () => this.read());
    if (localStorage.getItem(READ) === null) localStorage.setItem(READ, String(this.latest()));
  }

  latest() {
    return Number(this.feed.querySelector("[data-sequence]")?.dataset.sequence ?? 0);
  }

  mark(rows) {
    const read = Number(localStorage.getItem(READ));
    const fresh = rows.filter((row) => Number(row.dataset.sequence) > read);
    fresh.forEach((row) => { badge(row).hidden = false; });
    if (fresh.length > 0) this.button.hidden = false;
    return fresh.length;
  }

  read() {
    localStorage.setItem(READ, String(this.latest()));
    this.feed.querySelectorAll("[data-sequence]").forEach((row) => { badge(row).hidden = true; });
    this.button.hidden = true;
  }
}

function badge(row) {
  return row.querySelector("[data-unread]");
}

function clock(moment) {
  return moment.toLocaleTimeString(document.documentElement.lang, { timeZone: "Europe/London" });
}
