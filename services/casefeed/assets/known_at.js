// A case "as known at": a slider over the moments at which the hub learnt something; each is a link of the page already.

export function knownAt() {
  const holder = document.querySelector("[data-known-at]");
  if (!holder) return;
  const select = holder.querySelector("select");
  const slider = holder.querySelector("input[type=range]");
  slider.max = String(select.options.length - 1);
  slider.value = String(select.selectedIndex);
  slider.closest("[hidden]").hidden = false;
  slider.addEventListener("input", () => {
    select.selectedIndex = Number(slider.value);
    slider.setAttribute("aria-valuetext", select.selectedOptions[0].textContent.trim());
  });
  slider.addEventListener("change", () => select.form.requestSubmit());
}
