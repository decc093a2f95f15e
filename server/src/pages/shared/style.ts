/** The pages' whole style: one text, since the security policy names it by its hash. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --sheet: #ffffff; --ink: #1d2327; --soft: #5a666e; --line: #dfe3e4;
  --accent: #0b6b6b; --on-accent: #ffffff; --code: #eef2f2; --mark: #ffe9a8; --warned: #8a4b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181a; --sheet: #1c2225; --ink: #e6eaeb; --soft: #9dabb2; --line: #303a3f;
    --accent: #63c7c3; --on-accent: #10201f; --code: #121618; --mark: #5b4a12; --warned: #e8b36a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--sheet); padding: .5rem .75rem; border-radius: .4rem; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: flex-start; justify-content: space-between; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.visitor { margin: 0 0 0 auto; padding-top: .45rem; overflow-wrap: anywhere; }
.asking { flex: 1 1 16rem; max-width: 30rem; min-width: 0; }
.search { display: flex; gap: .5rem; align-items: center; min-width: 0; }
.search input[type=search] { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--soft); border-radius: .45rem; padding: .4rem .6rem; }
.search button { font: inherit; font-weight: 550; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .45rem; padding: .4rem .9rem; cursor: pointer; }
.brand { display: inline-flex; align-items: center; padding-top: .4rem; gap: .6rem; font-weight: 650; font-size: 1.05rem; color: var(--ink); text-decoration: none; }
.brand svg { width: 1.6rem; height: 1.6rem; color: var(--accent); }
h1 { font-size: clamp(1.5rem, 5vw, 2.1rem); line-height: 1.2; letter-spacing: -.01em; margin: 2rem 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .4rem 0 1rem; max-width: 42rem; }
.soft, footer { color: var(--soft); }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: .25rem; }
code, pre { font: .875rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.address { display: inline-block; background: var(--code); border: 1px solid var(--line); border-radius: .4rem; padding: .15rem .55rem; overflow-wrap: anywhere; user-select: all; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: .7rem; }
details { border-top: 1px solid var(--line); }
details:first-child { border-top: 0; }
summary { cursor: pointer; padding: .7rem 1rem; font-weight: 550; }
summary span { font-weight: 400; }
pre { margin: 0 1rem 1rem; padding: .75rem .9rem; background: var(--code); border-radius: .45rem; overflow-x: auto; }
pre code { user-select: all; }
details p { margin: -.25rem 1rem 1rem; }
.list { list-style: none; margin: 0; padding: 0; }
.list > li { padding: .9rem 1rem; border-top: 1px solid var(--line); }
.list > li:first-child { border-top: 0; }
.rows { list-style: none; margin: .5rem 0 0; padding: 0; display: grid; gap: .3rem; }
.row { display: grid; grid-template-columns: minmax(7rem, 1fr) 6rem 12.5rem minmax(8rem, 1.3fr); gap: .25rem 1rem; align-items: baseline; }
.row > * { min-width: 0; overflow-wrap: anywhere; }
.tag { font-weight: 550; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
time { font-variant-numeric: tabular-nums; }
.help { border: 0; font-size: .9rem; }
.help summary { padding: .35rem 0 0; font-weight: 450; color: var(--soft); }
.help dl { margin: .5rem 0; display: grid; gap: .1rem; }
.help dt { overflow-wrap: anywhere; }
.help dd { margin: 0 0 .35rem; color: var(--soft); }
.help p { margin: .5rem 0; }
.none { margin: .25rem 0 0; }
.sheet + p, .sheet + .chosen { margin-top: .75rem; }
.empty { padding: 2rem 1rem; text-align: center; }
.empty p { margin: .25rem auto; }
nav { margin: 1rem 0; }
.pages { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; }
mark { background: var(--mark); color: inherit; border-radius: .2rem; padding: 0 .1em; }
.count { color: var(--soft); margin-bottom: .6rem; }
.warned { color: var(--warned); }
.chosen, .sorts ul, .facets ul { list-style: none; margin: 0; padding: 0; }
.chosen, .sorts, .sorts ul { display: flex; flex-wrap: wrap; gap: .4rem 1rem; }
.chosen { margin-bottom: 1rem; gap: .5rem; }
.chosen a { display: inline-block; background: var(--code); border: 1px solid var(--line); border-radius: 1rem; padding: .15rem .75rem; text-decoration: none; overflow-wrap: anywhere; }
.sorts [aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
.found { display: grid; grid-template-columns: minmax(0, 1fr) 13rem; gap: 0 2rem; align-items: start; }
.found > section { min-width: 0; }
.facets { margin: 0; grid-column: 2; }
.facets h2 { margin: .2rem 0 .75rem; }
.facets h3 { margin: 1rem 0 .25rem; }
.facets li { padding: .15rem 0; overflow-wrap: anywhere; }
.facets li span { font-variant-numeric: tabular-nums; }
.narrow { display: none; }
.hit p { margin: .15rem 0; overflow-wrap: anywhere; }
.hit .facts { font-size: .9rem; display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
.kind { font-size: .8rem; font-weight: 450; color: var(--soft); border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .55rem; white-space: nowrap; }
.form { padding: .5rem 1rem 1rem; max-width: 30rem; }
.form + .form { margin-top: .75rem; }
.form label { display: block; font-weight: 550; }
.form input:not([type=hidden]) { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .45rem; padding: .4rem .6rem; }
.sheet + .form { margin-top: .75rem; }
.form p > .soft { display: block; margin-top: .3rem; font-size: .9rem; }
.form.bare { padding: 0; margin: 1rem 0; }
.qr { display: block; width: 13rem; max-width: 100%; border-radius: .45rem; }
.form button { font: inherit; font-weight: 550; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .45rem; padding: .4rem .9rem; cursor: pointer; margin-top: .5rem; }
.list form button, .form button.other, .form.bare button { font: inherit; color: var(--accent); background: none; border: 1px solid var(--accent); border-radius: .45rem; padding: .3rem .7rem; cursor: pointer; margin-top: .5rem; }
.badge { color: var(--warned); border-color: currentColor; }
footer { padding-top: 2.5rem; padding-bottom: 2.5rem; font-size: .9rem; }
@media (max-width: 40rem) {
  .asking { flex-basis: 100%; max-width: none; }
  .found { grid-template-columns: minmax(0, 1fr); }
  .facets { margin-top: 2rem; grid-column: 1; }
  .facets li, .sorts li { padding: .3rem 0; }
  .narrow { display: inline; padding: .3rem 0; }
  .row { grid-template-columns: 1fr auto; }
  .row .type, .row time { grid-column: 1 / -1; }
  .row time { order: 1; font-size: .9rem; }
  .row + .row { margin-top: .5rem; }
}
@media (prefers-reduced-motion: no-preference) { a { transition: color .15s; } }
`
