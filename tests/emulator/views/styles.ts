/** The one stylesheet of the local Webflow: warm paper, serif headings and a striped band, unlike any app beside it. */
export const styles = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f1e7, #191713); --card: light-dark(#fffdf8, #23201b);
  --ink: light-dark(#29241c, #ece5d8); --soft: light-dark(#675e50, #b1a693); --line: light-dark(#ddd3c1, #3d382f);
  --accent: light-dark(#8f3f12, #f2ab73); --on-accent: light-dark(#ffffff, #221304);
  --good: light-dark(#2c6344, #8fcfa6); --bad: light-dark(#a12a22, #f49a90);
  --band: light-dark(#f4c95d, #8a6413); --band-ink: light-dark(#2f2306, #fff4d9);
}
* { box-sizing: border-box; }
form { margin: 0; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 ui-sans-serif, system-ui, sans-serif; }
.band { background: var(--band); color: var(--band-ink); padding: .55rem 1rem; text-align: center; font-size: .9rem; }
.band::after { content: ""; display: block; height: 5px; margin: .55rem -1rem -.55rem;
  background: repeating-linear-gradient(135deg, var(--band-ink) 0 9px, transparent 9px 18px); opacity: .55; }
nav { display: flex; flex-wrap: wrap; justify-content: center; gap: .25rem 1.25rem; padding: 1rem; font-size: .95rem; }
nav a { color: var(--soft); padding: .25rem 0; }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration-color: var(--accent); text-decoration-thickness: 2px; }
main { width: min(100% - 2rem, 38rem); margin: .5rem auto 4rem; }
main.wide { width: min(100% - 2rem, 66rem); }
h1, h2, h3 { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif; line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.6rem, 5vw, 2.1rem); font-weight: 600; margin: 1rem 0 .5rem; }
h2 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .25rem; }
h3 { font-size: 1.05rem; margin: 1.25rem 0 0; }
p { margin: .25rem 0 .75rem; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .2em; }
.soft { color: var(--soft); font-size: .92rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; margin: 1rem 0; min-width: 0; }
.grid { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.spread { justify-content: space-between; }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.plain > li + li { border-top: 1px solid var(--line); }
ul.plain > li { padding: .6rem 0; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
legend { font: 600 1.1rem/1.3 "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif; padding: 0 0 .35rem; }
form > fieldset + fieldset, form + form { margin-top: 1.25rem; }
fieldset fieldset { margin: 0 0 .5rem 1.8rem; }
label.choice { display: grid; grid-template-columns: 1.2rem 1fr; gap: 0 .6rem; align-items: start; padding: .4rem 0; cursor: pointer; }
label.choice > span { min-width: 0; overflow-wrap: anywhere; }
label.choice small { display: block; color: var(--soft); font-size: .85rem; }
input[type=checkbox], input[type=radio] { width: 1.1rem; height: 1.1rem; margin: .22rem 0 0; accent-color: var(--accent); }
button, .button { font: inherit; font-weight: 600; padding: .55rem 1rem; border-radius: 999px; cursor: pointer; min-height: 2.75rem;
  border: 1px solid var(--line); background: var(--card); color: var(--ink); text-decoration: none; display: inline-block; }
button:hover, .button:hover { border-color: var(--accent); }
button.main, .button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.main:hover, .button.main:hover { filter: brightness(1.08); }
button[aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
button.small { padding: .3rem .8rem; min-height: 2.25rem; font-size: .9rem; }
button.tile { border-radius: 12px; text-align: left; display: flex; flex-direction: column; }
details { margin-top: .75rem; }
summary { cursor: pointer; padding: .25rem 0; }
button.tile small { font-weight: 400; color: var(--soft); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
select, input[type=number], textarea { font: inherit; width: 100%; min-height: 2.5rem; padding: .4rem .6rem; border-radius: 8px;
  border: 1px solid var(--line); background: var(--paper); color: var(--ink); }
textarea, code, .mono { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: .86rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { text-align: left; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 500; }
td.wrap { white-space: normal; min-width: 12rem; }
.alive { color: var(--good); font-weight: 600; } .dead { color: var(--bad); font-weight: 600; }
.notice { border-left: 4px solid var(--bad); padding: .6rem 1rem; background: var(--card); margin: 1rem 0; }
.actions { border-top: 1px solid var(--line); margin-top: 1rem; padding-top: 1.25rem; display: flex; flex-wrap: wrap; gap: .75rem; }
`;
