import htmx from "./htmx.js";
import "htmx-ext-sse";
import { Button, createAll, ErrorSummary, NotificationBanner, ServiceNavigation, SkipLink } from "govuk-frontend";
import { follow } from "./live.js";
import { knownAt } from "./known_at.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, ErrorSummary, NotificationBanner, ServiceNavigation, SkipLink]) createAll(component);
follow(htmx);
knownAt();
