// The extension for server-sent events looks for htmx where a script element would have put it.
import htmx from "htmx.org";

window.htmx = htmx;
export default htmx;
