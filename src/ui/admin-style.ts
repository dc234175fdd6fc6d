/** Tables, filters and charts, which only the admin pages have. Written under the same terms as style.ts. */
export const ADMIN_STYLE = `
.account header,.account footer,.columns{max-inline-size:74rem}
.columns{grid-template-columns:11rem minmax(0,1fr)}
.scroll{overflow-x:auto;margin:0 0 1.25rem}
table{inline-size:100%;border-collapse:collapse;font-size:.9375rem}
caption{text-align:start;padding:0 0 .5rem;font-weight:550}
th,td{padding:.5rem .75rem .5rem 0;border-block-end:1px solid var(--line);text-align:start;vertical-align:top;overflow-wrap:normal}
th{font-weight:550;color:var(--muted);font-size:.875rem;white-space:nowrap}
td.wide{min-inline-size:12rem;overflow-wrap:anywhere}
td .hint{display:block}
.number{text-align:end;font-variant-numeric:tabular-nums}
.filters{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:0 0 1.25rem}
.filters div{flex:1 1 9rem;min-inline-size:0}
.filters .grow{flex-grow:3}
.filters label{font-size:.875rem}
.filters .button,.pager .button{inline-size:auto}
select.input{padding-inline-end:2rem}
.pager{display:flex;gap:.75rem;align-items:center;justify-content:space-between}
.pager p{margin:0}
.tag.off{border-color:var(--badline);background:var(--badcard);color:var(--bad)}
.tag.plain{border-color:var(--line);background:transparent;color:var(--muted)}
p .tag,td .tag{margin:0 .25rem 0 0;white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:1rem;margin:0 0 1.75rem}
.figures div{padding:.875rem 1rem;border:1px solid var(--line);border-radius:.75rem}
.figures dt{font-size:.875rem;color:var(--muted)}
.figures dd{margin:0;font-size:1.5rem;font-weight:650;font-variant-numeric:tabular-nums}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.5rem}
figure{margin:0}
figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;margin:0 0 .5rem;font-weight:550}
.legend{display:flex;gap:1rem;font-weight:400;font-size:.875rem;color:var(--muted)}
.legend i{display:inline-block;inline-size:.625rem;block-size:.625rem;margin-inline-end:.375rem;border-radius:.125rem;background:var(--link)}
.legend .second i{background:var(--bad)}
.chart{display:block;inline-size:100%;block-size:auto}
.chart rect{fill:var(--link)}
.chart .second{fill:var(--bad)}
.chart line{stroke:var(--line)}
.axis{display:flex;justify-content:space-between;margin:.25rem 0 0;font-size:.8125rem;color:var(--muted)}
details{margin:.5rem 0 0;font-size:.875rem}
summary{cursor:pointer;color:var(--muted)}
.danger{margin-block-start:2rem;padding:1.25rem;border:1px solid var(--badline);border-radius:.75rem}
.danger h2{color:var(--bad)}
.button.warn{background:transparent;color:var(--bad);border-color:var(--bad)}
.inline{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}
.inline .field{flex:1 1 14rem;margin:0}
.inline .button{inline-size:auto}
.bars{margin:0;padding:0;list-style:none}
.bars li{display:grid;grid-template-columns:8rem 1fr auto;gap:.75rem;align-items:center;padding:.25rem 0}
.bars meter{inline-size:100%;block-size:.75rem;background:var(--line);border:0;border-radius:.25rem}
.bars meter::-webkit-meter-bar{block-size:.75rem;background:var(--line);border:0;border-radius:.25rem}
.bars meter::-webkit-meter-optimum-value{background:var(--link);border-radius:.25rem}
.bars meter::-moz-meter-bar{background:var(--link);border-radius:.25rem}
code{font:.875rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.decides{background:var(--notecard)}
@media (max-width:48em){.account header,.account footer,.columns{max-inline-size:40rem}}
`
  .replaceAll('\n', '')
  .trim()
