import {escapeHtml} from '../html.js'

/** The page before its script has run: headings that stay, and places that are filled. */
export function statusMarkup({clusterName, publishes}: {clusterName: string; publishes: boolean}): string {
  const name = escapeHtml(clusterName)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name} · BioMAJ</title>
<link rel="icon" href="/status/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/status/style.css">
<script src="/status/app.js" defer></script>
</head>
<body>
<header>
  <h1><bdi>${name}</bdi> <small>BioMAJ cluster</small></h1>
  <p class="link" id="link"><span id="link-state" role="status">Connecting</span> <span id="link-age"></span></p>
</header>
<main id="main" aria-busy="true">
  <p id="maintenance" class="notice" role="status" hidden></p>
  <section aria-labelledby="now-title">
    <h2 id="now-title">Now</h2>
    <dl class="figures">
      <div><dt>Running</dt><dd id="running-count">–</dd></div>
      <div><dt>In the queue</dt><dd id="queue-depth">–</dd></div>
      <div><dt>Banks</dt><dd id="bank-count">–</dd></div>
      <div><dt>Failed banks</dt><dd id="failed-count">–</dd></div>
    </dl>
    <ul id="running" class="cards"></ul>
    <p id="idle" class="quiet" hidden>Nothing is running.</p>
  </section>
  <section aria-labelledby="failed-title" id="failed-section" hidden>
    <h2 id="failed-title">Banks whose last update failed</h2>
    <ul id="failed" class="rows"></ul>
    <p id="failed-more" class="quiet" hidden></p>
  </section>
  <section aria-labelledby="services-title">
    <h2 id="services-title">Services</h2>
    <ul id="services" class="tiles"></ul>
  </section>
  <section aria-labelledby="recent-title">
    <h2 id="recent-title">Lately</h2>
    <ul id="recent" class="rows"></ul>
    <p id="nothing-recent" class="quiet" hidden>Nothing has been updated yet.</p>
  </section>
</main>
<noscript><p class="notice">This page needs JavaScript. The same is told, without it, by
<a href="/api/daemon/status">/api/daemon/status</a> and <a href="/api/daemon/whatsup">/api/daemon/whatsup</a>.</p></noscript>
<footer><p>Shows what is public.${publishes ? ' <a href="/db/">Published data</a>' : ''}</p></footer>
</body>
</html>
`
}

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f6f62"/><path d="M5 3c0 5 6 5 6 10M11 3c0 5-6 5-6 10M6 5h4M6 11h4" stroke="#fff" stroke-width="1.4" fill="none" stroke-linecap="round"/></svg>
`
