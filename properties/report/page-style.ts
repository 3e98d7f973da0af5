/** How a report looks, in light and in dark; without colour it can be read as well. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --sheet: #f5f6f8; --ink: #1c2330; --faint: #5c6675; --line: #d8dde4;
  --accent: #2563c9; --good: #12733f; --bad: #b42318; --good-sheet: #e3f4ea; --bad-sheet: #fdeceb;
  --p0: #4c78c8; --p1: #2f9e8f; --p2: #d9903a; --p3: #8e6bbf; --p4: #c8506a; --p5: #98a1ad; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181f; --sheet: #1c222c; --ink: #e4e8ee; --faint: #9aa5b4;
  --line: #323b48; --accent: #6ea3f5; --good: #6bd699; --bad: #ff8f85; --good-sheet: #14301f; --bad-sheet: #3a1c1a;
  --p0: #6c95de; --p1: #46b8a8; --p2: #e3a557; --p3: #a98ad6; --p4: #dd7289; --p5: #77818e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 28px 60px; max-width: 1240px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 24px; margin: 0 0 10px; } h2 { font-size: 17px; margin: 0 0 10px; }
h3 { font-size: 15px; margin: 18px 0 8px; } small { font-weight: normal; color: var(--faint); }
a { color: var(--accent); } code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13px; }
pre { margin: 0; padding: 10px 12px; background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict { display: inline-block; padding: 4px 12px; border-radius: 6px; font-weight: 600; }
.verdict.good { background: var(--good-sheet); color: var(--good); } .verdict.bad { background: var(--bad-sheet); color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 18px 0; }
.tile, section { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; }
.tile b { display: block; font-size: 22px; line-height: 1.3; font-variant-numeric: tabular-nums; } .tile span { color: var(--faint); font-size: 13px; }
section { margin: 16px 0; padding: 16px 18px; } .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 16px; }
.pair section { margin: 0; } svg { display: block; width: 100%; height: auto; }
.rule { stroke: var(--line); } .tick { fill: var(--faint); font-size: 12px; } .area { fill: var(--accent); opacity: .14; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; } .bar { fill: var(--accent); }
table { border-collapse: collapse; font-size: 14px; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.about { color: var(--faint); } .facts th { text-align: left; font-weight: normal; color: var(--faint); padding: 2px 18px 2px 0; white-space: nowrap; vertical-align: top; }
.facts td { overflow-wrap: anywhere; } .facts { margin-top: 10px; }
.split { display: flex; height: 30px; border-radius: 6px; overflow: hidden; gap: 2px; margin: 6px 0 12px; } .part { min-width: 2px; }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 8px; vertical-align: -1px; }
.legend td { padding: 3px 22px 3px 0; } .legend td:first-child { white-space: nowrap; }
.part0 { background: var(--p0); } .part1 { background: var(--p1); } .part2 { background: var(--p2); }
.part3 { background: var(--p3); } .part4 { background: var(--p4); } .part5 { background: var(--p5); }
.failure { border-left: 4px solid var(--bad); padding: 2px 0 2px 12px; margin: 0 0 16px; } .failure p { margin: 4px 0; }
.missing { columns: 2 380px; margin: 0; padding-left: 20px; font-size: 13px; }
.wide { overflow-x: auto; } .heat { font-size: 12.5px; width: 100%; }
.heat th { text-align: left; font-weight: normal; padding: 1px 8px; vertical-align: top; }
.heat thead th { position: sticky; top: 0; background: var(--sheet); color: var(--faint); border-bottom: 1px solid var(--line); text-align: center; padding: 5px 6px; }
.heat thead th:nth-child(-n+2) { text-align: left; } .heat tbody { border-bottom: 1px solid var(--line); }
.heat th[scope=rowgroup] { font-weight: 600; } .heat th[scope=row] { max-width: 420px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--faint); }
.heat td { width: 68px; min-width: 54px; text-align: center; font-variant-numeric: tabular-nums; border: 1px solid var(--sheet);
  background: color-mix(in oklab, var(--accent) calc(6% + var(--heat, 0) * .52%), var(--paper)); }
.heat td:empty { background: none; } .heat td.missed { background: var(--bad-sheet); color: var(--bad); font-weight: 700; outline: 1px dashed var(--bad); outline-offset: -2px; }
.scale { display: inline-block; width: 160px; height: 12px; border-radius: 3px; vertical-align: -1px; margin: 0 8px;
  background: linear-gradient(to right, color-mix(in oklab, var(--accent) 6%, var(--paper)), color-mix(in oklab, var(--accent) 58%, var(--paper))); }
@media print { body { max-width: none; } section { break-inside: avoid; } }
`;
