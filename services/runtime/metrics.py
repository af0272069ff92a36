"""Every metric of every service in one table: its name, unit, and what a rise means; never a label of a child."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from services.runtime.metric_kinds import Definition, Kind

_BATCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0)


EVENTS_IN = Definition(
    "lantern_events_in",
    Kind.COUNTER,
    "records",
    "Records read from Kafka, by topic.",
    "More is being sent.",
    ("topic",),
)
EVENTS_OUT = Definition(
    "lantern_events_out",
    Kind.COUNTER,
    "records",
    "Records that Kafka acknowledged.",
    "More has been said to others.",
    ("topic",),
)
RECORDS_HELD_BACK = Definition(
    "lantern_records_held_back",
    Kind.COUNTER,
    "records",
    "Records without a reason to share; nothing of them is kept.",
    "Usual after a whole return; unusual otherwise: a source may have lost the field that gives the reason.",
)
RECORDS_REFUSED = Definition(
    "lantern_records_refused",
    Kind.COUNTER,
    "records",
    "Records that could not be read or may not be said by their sender.",
    "A source changed its format, or somebody sends what they may not.",
    ("reason",),
)
TOKENS_REFUSED = Definition(
    "lantern_tokens_refused",
    Kind.COUNTER,
    "tokens",
    "Identity tokens that proved nobody whom this service may believe; what came with them counts as unverified.",
    "Somebody's sign-in ran out on the way, the provider changed its keys, or somebody tries to speak as another.",
    ("reason",),
)
BATCH_SECONDS = Definition(
    "lantern_batch_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "Time from a batch in hand to all of it saved and acknowledged.",
    "Kafka or PostgreSQL answers slowly, or batches are larger.",
)
CONSUMER_LAG = Definition(
    "lantern_consumer_lag",
    Kind.GAUGE,
    "records",
    "Records in Kafka that are not yet processed.",
    "The service is slower than what is sent, or stopped.",
    ("topic",),
)
OUTBOX_AGE_SECONDS = Definition(
    "lantern_outbox_age_seconds",
    Kind.GAUGE,
    "seconds",
    "Age of the oldest row that is saved and not yet published; 0 when there is none.",
    "Kafka does not accept what is saved: feeds fall behind the tables.",
)
HEALTH_LIGHT = Definition(
    "lantern_health_light",
    Kind.GAUGE,
    "light",
    "1 for each reason for which the service's light is red; 0 when that reason is over.",
    "The service waits for what the reason names; its work stays where it is.",
    ("reason",),
)
DEAD_LETTERS = Definition(
    "lantern_dead_letters",
    Kind.GAUGE,
    "records",
    "Records of the hub's own topics that this service could not read; they are kept for its owner.",
    "A rule of our own is broken, or a key is missing: page the service's owner, who finds out before trying again.",
)
MISSING_OFFSETS = Definition(
    "lantern_missing_offsets",
    Kind.COUNTER,
    "offsets",
    "Offsets that Kafka passed over between two records of a partition.",
    "Records were deleted before this service had read them: find out which, and have them sent again.",
)
SEALED_VERSIONS = Definition(
    "lantern_sealed_versions",
    Kind.COUNTER,
    "versions",
    "New versions of sealed facts that the vault keeps; the same content said again makes none.",
    "More was sealed, or corrected.",
)
ERASED_SAID_AGAIN = Definition(
    "lantern_erased_said_again",
    Kind.COUNTER,
    "contents",
    "Erased contents that agencies sealed to the vault again; they are not kept again.",
    "An agency still sends what was to be erased: ask it to correct its own records.",
)
EVENTS_NEW = Definition(
    "lantern_events_new",
    Kind.COUNTER,
    "events",
    "Events that became timeline entries; one that was said before makes none.",
    "More is being said of children.",
)
EVENTS_SAID_AGAIN = Definition(
    "lantern_events_said_again",
    Kind.COUNTER,
    "events",
    "Events that were held already and came with a later time of recording.",
    "Usual after a return is published again.",
)
CASES_REFOLDED = Definition(
    "lantern_cases_refolded",
    Kind.COUNTER,
    "cases",
    "Cases whose state was made anew from all their entries, after a correction or a move of records.",
    "More is corrected or linked; each costs as much as the case is long.",
)
WATCHERS = Definition(
    "lantern_watchers",
    Kind.GAUGE,
    "streams",
    "Live feeds that are being followed now.",
    "More people watch; each costs memory and network, not work on the database.",
)
AUDIT_UNWITNESSED_SECONDS = Definition(
    "lantern_audit_unwitnessed_seconds",
    Kind.GAUGE,
    "seconds",
    "Time for which Kafka has taken no checkpoint of this service's audit; 0 once it has.",
    "What is recorded since then could be rewritten by whoever runs the database, and no witness would know.",
)
ALERTS_OPEN = Definition(
    "lantern_alerts_open",
    Kind.GAUGE,
    "alerts",
    "Alerts of missing children that are open now.",
    "More children are missing.",
)
PAGE_LATE_SECONDS = Definition(
    "lantern_page_late_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "Time from when a page was planned to when it left.",
    "PostgreSQL or a channel answers slowly, or too few workers run.",
)
TIME_TO_PAGE_SECONDS = Definition(
    "lantern_time_to_page_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "Time from a report on Kafka to the first page of its alert.",
    "The service is behind, or a channel answers slowly: people hear later of missing children.",
)
TIME_TO_ANSWER_SECONDS = Definition(
    "lantern_time_to_answer_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "Time from an alert to an agency's first answer.",
    "People on duty do not hear, or do not answer: look at the rota and the receipts.",
)
PAGES_FAILED = Definition(
    "lantern_pages_failed",
    Kind.COUNTER,
    "pages",
    "Attempts to page somebody that failed, by reason.",
    "A channel does not work or nobody is on duty.",
    ("reason",),
)
PAGES_REPEATED = Definition(
    "lantern_pages_repeated",
    Kind.COUNTER,
    "pages",
    "Pages begun again under their key, because nobody knew whether they had left.",
    "Workers were killed, or a channel fails; the recipient may see one page twice.",
)
STEPS_MISSED = Definition(
    "lantern_steps_missed",
    Kind.GAUGE,
    "steps",
    "Pages that open alerts owe by their plan and that were not written.",
    "The engine does not run, or a rule of ours is broken: page by telephone, and look at once.",
)
ALERTS_UNOWNED = Definition(
    "lantern_alerts_unowned",
    Kind.GAUGE,
    "alerts",
    "Open alerts that nobody owns.",
    "Nobody was on duty when they opened: mend the rota at once.",
)

PAGE_RECEIPTS = Definition(
    "lantern_page_receipts",
    Kind.COUNTER,
    "receipts",
    "What was said of pages on their way: sent, delivered, read, failed or stale.",
    "More is being paged; of failed or stale: a way is broken, and pages go by the next one.",
    ("reason",),
)
SENDS_REPEATED = Definition(
    "lantern_sends_repeated",
    Kind.COUNTER,
    "pages",
    "Pages handed again to a way that may have had them, under the same key.",
    "A worker was killed between a send and its receipt, or a way takes nothing and is tried again.",
)

DEFINITIONS = (
    EVENTS_IN,
    EVENTS_OUT,
    RECORDS_HELD_BACK,
    RECORDS_REFUSED,
    TOKENS_REFUSED,
    BATCH_SECONDS,
    CONSUMER_LAG,
    OUTBOX_AGE_SECONDS,
    HEALTH_LIGHT,
    DEAD_LETTERS,
    MISSING_OFFSETS,
    SEALED_VERSIONS,
    ERASED_SAID_AGAIN,
    WATCHERS,
    EVENTS_NEW,
    EVENTS_SAID_AGAIN,
    CASES_REFOLDED,
    AUDIT_UNWITNESSED_SECONDS,
    ALERTS_OPEN,
    PAGE_LATE_SECONDS,
    TIME_TO_PAGE_SECONDS,
    TIME_TO_ANSWER_SECONDS,
    PAGES_FAILED,
    PAGES_REPEATED,
    STEPS_MISSED,
    ALERTS_UNOWNED,
    PAGE_RECEIPTS,
    SENDS_REPEATED,
)


class Metrics:
    """The metrics of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.events_in = self.counter(EVENTS_IN)
        self.events_out = self.counter(EVENTS_OUT)
        self.records_held_back = self.counter(RECORDS_HELD_BACK)
        self.records_refused = self.counter(RECORDS_REFUSED)
        self.tokens_refused = self.counter(TOKENS_REFUSED)
        self.batch_seconds = self.histogram(BATCH_SECONDS)
        self.consumer_lag = self.gauge(CONSUMER_LAG)
        self.outbox_age_seconds = self.gauge(OUTBOX_AGE_SECONDS)
        self.health_light = self.gauge(HEALTH_LIGHT)
        self.dead_letters = self.gauge(DEAD_LETTERS)
        self.missing_offsets = self.counter(MISSING_OFFSETS)
        self.sealed_versions = self.counter(SEALED_VERSIONS)
        self.erased_said_again = self.counter(ERASED_SAID_AGAIN)
        self.watchers = self.gauge(WATCHERS)
        self.events_new = self.counter(EVENTS_NEW)
        self.events_said_again = self.counter(EVENTS_SAID_AGAIN)
        self.cases_refolded = self.counter(CASES_REFOLDED)
        self.audit_unwitnessed_seconds = self.gauge(AUDIT_UNWITNESSED_SECONDS)
        self.alerts = AlertMetrics(self)
        self.page_receipts = self.counter(PAGE_RECEIPTS)
        self.sends_repeated = self.counter(SENDS_REPEATED)

    def counter(self, metric: Definition) -> Counter:
        return Counter(metric.name, metric.counts, metric.labels, registry=self.registry)

    def gauge(self, metric: Definition) -> Gauge:
        return Gauge(metric.name, metric.counts, metric.labels, registry=self.registry)

    def histogram(self, metric: Definition) -> Histogram:
        return Histogram(metric.name, metric.counts, metric.labels, buckets=_BATCH_SECONDS, registry=self.registry)


class AlertMetrics:
    """Those of on-call, in the registry of its process."""

    def __init__(self, metrics: Metrics) -> None:
        self.open = metrics.gauge(ALERTS_OPEN)
        self.unowned = metrics.gauge(ALERTS_UNOWNED)
        self.steps_missed = metrics.gauge(STEPS_MISSED)
        self.page_late_seconds = metrics.histogram(PAGE_LATE_SECONDS)
        self.time_to_page_seconds = metrics.histogram(TIME_TO_PAGE_SECONDS)
        self.time_to_answer_seconds = metrics.histogram(TIME_TO_ANSWER_SECONDS)
        self.pages_failed = metrics.counter(PAGES_FAILED)
        self.pages_repeated = metrics.counter(PAGES_REPEATED)
