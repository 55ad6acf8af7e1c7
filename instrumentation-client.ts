// Runs before Next's router reads the address, which decodes the fragment once an action is answered, and where that cannot be
// done fails as a whole, past every error page of ours (Next 16.4.5). No page has a place of such a name: it is dropped.
try {
  decodeURIComponent(location.hash);
} catch {
  history.replaceState(history.state, "", document.URL.split("#")[0]);
}
