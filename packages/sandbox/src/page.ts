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
  --ground: #eef1f5; --card: #fff; --text: #1b2430; --quiet: #566272; --line: #d4dae2;
  --field: #fff; --field-line: #848f9d; --accent: #0b62b8; --accent-text: #fff; --note: #eef5fc;
  --bad: #b3261e; --bad-ground: #fdeeec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161c; --card: #1a2129; --text: #e8edf3; --quiet: #a3afbd; --line: #333e4a;
    --field: #12181f; --field-line: #748294; --accent: #7ab8f5; --accent-text: #0b1a2a;
    --note: #1d2d3d; --bad: #ff9c94; --bad-ground: #3a1f1e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 2rem 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
header, main { max-width: 26rem; margin: 0 auto; }
body:has(.wide) :is(header, main) { max-width: 46rem; }
header { display: flex; align-items: center; justify-content: space-between; gap: .5rem 1rem; flex-wrap: wrap; }
.brand { font-size: 1.125rem; font-weight: 650; }
.badge {
  padding: .125rem .625rem; border: 1px solid currentColor; border-radius: 1rem;
  font-size: .8125rem; color: var(--quiet);
}
main {
  margin-top: 1rem; padding: 1.75rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem;
}
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.0625rem; }
p { margin: 0 0 1rem; }
main p:last-child { margin-bottom: 0; }
a { color: var(--accent); }
dl { margin: 0 0 1.25rem; font-size: .875rem; }
dt { color: var(--quiet); }
dd { margin: 0 0 .5rem; }
code, dd { font-family: ui-monospace, monospace; font-size: .8125rem; }
pre { margin: 0 0 1rem; padding: .75rem 1rem; background: var(--note); border-radius: .5rem; white-space: pre-wrap; }
.note, .alert { padding: .625rem .875rem; border-radius: .5rem; font-size: .9375rem; }
.note { background: var(--note); }
.alert { background: var(--bad-ground); color: var(--bad); font-weight: 600; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
input {
  width: 100%; margin-bottom: 1rem; padding: .625rem .75rem; font: inherit; color: inherit;
  background: var(--field); border: 1px solid var(--field-line); border-radius: .5rem;
}
input[aria-invalid] { border-color: var(--bad); }
.buttons { display: flex; gap: .75rem; margin-top: .5rem; }
button {
  flex: 1; min-height: 2.75rem; font: inherit; font-weight: 600; cursor: pointer;
  border: 1px solid var(--accent); border-radius: .5rem; background: none; color: var(--accent);
}
button.primary { background: var(--accent); color: var(--accent-text); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`
