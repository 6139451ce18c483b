/** Style of the status page and of the listings below `/db`. */
export const style = `:root {
  color-scheme: light dark;
  --ground: #f6f7f5; --panel: #ffffff; --line: #dfe3de; --text: #1d2521; --quiet: #56615b;
  --accent: #2f6f62; --good: #26704a; --some: #8a5a00; --bad: #a8322d; --soft: #e8efec; --bad-soft: #f9eceb; --some-soft: #f8f0df;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141816; --panel: #1c2220; --line: #303835; --text: #e4e9e6; --quiet: #9daaa4;
    --accent: #74c2ae; --good: #77c797; --some: #e0b35c; --bad: #f0928c; --soft: #25302c; --bad-soft: #33211f; --some-soft: #312917;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1.25rem 3rem; background: var(--ground); color: var(--text); }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1.5rem; }
h1 { margin: 0; font-size: 1.5rem; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
h1 small { font-size: .95rem; font-weight: 400; color: var(--quiet); letter-spacing: 0; }
h2 { margin: 2.25rem 0 .75rem; font-size: .95rem; font-weight: 600; color: var(--quiet); }
p { margin: .5rem 0; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
ul { list-style: none; margin: 0; padding: 0; }
bdi { unicode-bidi: isolate; }
.quiet, footer, .link { color: var(--quiet); font-size: .9rem; }
#link-age:not(:empty)::before { content: "· "; }
.link { margin: 0; font-variant-numeric: tabular-nums; }
#link-state::before { content: "●"; margin-right: .4em; color: var(--quiet); }
.link[data-state="live"] #link-state::before { color: var(--good); }
.link[data-state="lost"] { color: var(--bad); }
.link[data-state="lost"] #link-state::before { content: "○"; color: var(--bad); }
.notice { padding: .75rem 1rem; border-radius: .6rem; background: var(--some-soft); color: var(--some); }
main[data-stale="true"] section { opacity: .6; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 0; }
.figures div { padding: .85rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { color: var(--quiet); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figures dd.bad { color: var(--bad); }
.cards { display: grid; gap: .75rem; margin-top: .75rem; }
.cards li { padding: .85rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.name { font-weight: 600; overflow-wrap: anywhere; min-width: 0; }
.detail { color: var(--quiet); font-size: .9rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
progress { appearance: none; display: block; width: 100%; height: .4rem; margin: .6rem 0 .35rem; border: 0; border-radius: 1rem; background: var(--soft); overflow: hidden; }
progress::-webkit-progress-bar { background: var(--soft); }
progress::-webkit-progress-value { background: var(--accent); border-radius: 1rem; }
progress::-moz-progress-bar { background: var(--accent); border-radius: 1rem; }
.rows { background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; }
.rows:empty { display: none; }
.rows li { padding: .6rem 1rem; border-top: 1px solid var(--line); }
.rows li:first-child { border-top: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .75rem; }
.tiles li { padding: .7rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; }
.good { color: var(--good); } .some { color: var(--some); } .bad { color: var(--bad); }
.word::before { margin-right: .4em; }
.word.good::before { content: "●"; } .word.some::before { content: "◐"; } .word.bad::before { content: "○"; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .5rem; }
.listing h1 { font-size: 1.25rem; margin-bottom: 1rem; }
.listing h1 i { color: var(--quiet); font-style: normal; margin: 0 .35em; }
table { width: 100%; border-collapse: collapse; background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
th, td { padding: .45rem .9rem; text-align: left; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-size: .85rem; font-weight: 600; color: var(--quiet); border-top: 0; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { h1 small { display: block; } .tiles { grid-template-columns: 1fr 1fr; } .figures { grid-template-columns: 1fr 1fr; } .figures div { padding: .65rem .8rem; } body { padding: 1rem .9rem 2rem; } td.n:last-child, th.n:last-child { display: none; } }
@media (prefers-reduced-motion: no-preference) { main section { transition: opacity .3s; } }
`
