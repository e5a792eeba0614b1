import { type Html, html } from './html.ts'

/** A whole document in the sandbox's looks: no script, and nothing to load. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header><span class="brand">Roambi Business</span> <span class="badge">Local sandbox</span></header>
<main>
${content}
</main>
</body>
</html>
`.html
}

const style: Html = html`
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f3ee, #12130f); --card: light-dark(#fffefb, #1b1c18);
  --well: light-dark(#f1efe8, #252721); --line: light-dark(#e3e0d7, #33362f);
  --edge: light-dark(#85898f, #767b82); --text: light-dark(#1a1d22, #ebebe6);
  --quiet: light-dark(#5a5f66, #abaea6); --field: light-dark(#ffffff, #12130f);
  --accent: light-dark(#2a56b8, #a8c0ff); --accent-hover: light-dark(#1f4497, #c3d3ff);
  --on-accent: light-dark(#ffffff, #0d1b3d);
  --sand: light-dark(#e3a83b, #b5832a); --sand-well: light-dark(#fbefd6, #342a15);
  --on-sand: light-dark(#654100, #f0ca86);
  --bad: light-dark(#a3301d, #ffa792); --bad-well: light-dark(#fbeae5, #3b1f19);
}
@media (prefers-contrast: more) {
  :root {
    --ground: Canvas; --card: Canvas; --well: Canvas; --quiet: var(--text);
    --line: var(--edge); --edge: var(--text);
  }
}
* { box-sizing: border-box; }
body {
  min-height: 100dvh; margin: 0; padding: 1.25rem 1rem 2rem; background: var(--ground);
  color: var(--text); border-top: .375rem solid;
  border-image: repeating-linear-gradient(-45deg, var(--sand) 0 .625rem, var(--sand-well) 0 1.25rem) 6;
  font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif; overflow-wrap: anywhere;
}
header, main { max-width: 26rem; margin: 0 auto; }
body:has(.wide) :is(header, main) { max-width: 46rem; }
header { display: flex; align-items: center; justify-content: space-between; gap: .5rem 1rem; flex-wrap: wrap; }
.brand { font-size: 1.0625rem; font-weight: 650; }
.badge {
  padding: .125rem .75rem; border: 1px solid transparent; border-radius: 1rem;
  background: var(--sand-well); color: var(--on-sand); font-size: .8125rem; font-weight: 600;
}
main {
  margin-top: 1rem; padding: clamp(1.125rem, 5vw, 1.625rem); background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem;
  box-shadow: 0 1px 2px rgb(20 20 15 / 6%), 0 12px 32px -16px rgb(20 20 15 / 18%);
}
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.0625rem; }
p { margin: 0 0 1rem; }
main p:last-child { margin-bottom: 0; }
a { color: var(--accent); text-underline-offset: .2em; }
dl {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .125rem .75rem;
  margin: 0 0 1rem; font-size: .8125rem;
}
dt { color: var(--quiet); }
dd { margin: 0; }
code, dd { font-family: ui-monospace, monospace; font-size: .8125rem; }
pre { margin: 0 0 1rem; padding: .75rem 1rem; background: var(--well); border-radius: .625rem; white-space: pre-wrap; }
.note, .alert {
  padding: .5rem .875rem; border: 1px solid transparent; border-radius: .625rem; font-size: .9375rem;
}
.note { background: var(--sand-well); color: var(--on-sand); }
.alert { background: var(--bad-well); color: var(--bad); font-weight: 600; }
.quiet { color: var(--quiet); }
label { display: block; margin-bottom: .25rem; font-size: .9375rem; font-weight: 600; }
input {
  width: 100%; min-height: 2.75rem; margin-bottom: .875rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--field); border: 1px solid var(--edge); border-radius: .625rem;
}
input[aria-invalid] { border-color: var(--bad); }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: .5rem; }
button {
  flex: 1; min-height: 2.75rem; font: inherit; font-weight: 600; cursor: pointer;
  border: 1px solid var(--edge); border-radius: .625rem; background: none; color: inherit;
}
button:hover { background: var(--well); }
button.primary { border-color: transparent; background: var(--accent); color: var(--on-accent); }
button.primary:hover { background: var(--accent-hover); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 24rem) {
  dl { grid-template-columns: minmax(0, 1fr); }
  dt:not(:first-child) { margin-top: .375rem; }
}
@media (forced-colors: active) {
  button.primary { border-width: 3px; }
}
`
