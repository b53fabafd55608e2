/** Styles of `/`. Contrast of text is at least 4.5 to 1 in both schemes. */
export const style = `
:root { color-scheme: light dark; --ink: #16211e; --soft: #4d5b57; --paper: #f7f6f2; --card: #fff; --line: #d9d7cf; --moss: #1d5c4d; --on: #fff; --bad: #a12a20; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ecefec; --soft: #a9b6b1; --paper: #131816; --card: #1b2220; --line: #34403c; --moss: #7fcbb5; --on: #10201b; --bad: #ff9c8f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
header { display: flex; gap: 1.25rem; align-items: center; padding-top: 2.5rem; }
header svg { width: 4rem; flex: none; color: var(--moss); }
h1 { margin: 0; font-size: 2.25rem; line-height: 1.1; letter-spacing: -.02em; }
header p { margin: .25rem 0 0; color: var(--soft); }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; }
h3 { margin: 0 0 .75rem; font-size: 1rem; }
.parts { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .75rem; }
.parts li { background: var(--card); border: 1px solid var(--line); border-radius: 999px; padding: .35rem .9rem; }
.parts .up::before { content: "●  "; color: var(--moss); }
.parts .down::before { content: "▲  "; color: var(--bad); }
label { display: block; font-weight: 600; margin-bottom: .35rem; }
.row { display: flex; gap: .5rem; max-width: 40rem; }
input { flex: 1; min-width: 0; font: inherit; padding: .5rem .75rem; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: .5rem; }
button, .button { font: inherit; font-weight: 600; padding: .5rem 1rem; border: 0; border-radius: .5rem; background: var(--moss); color: var(--on); cursor: pointer; text-decoration: none; display: inline-block; }
:focus-visible { outline: 3px solid #d98e04; outline-offset: 2px; }
.hint { color: var(--soft); font-size: .875rem; margin: .35rem 0 0; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
article { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; display: flex; flex-direction: column; }
article p { margin: .75rem 0 0; color: var(--soft); }
article pre { flex: 1; }
pre { margin: 0; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border-radius: .5rem; font: 13px/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; }
table { border-collapse: collapse; margin-top: 1rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
th, td { text-align: left; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
.fault { color: var(--bad); }
footer { padding: 2.5rem 1.5rem; color: var(--soft); }
footer a, main p a:not(.button) { color: var(--moss); margin-right: 1rem; }
`
