import type { Palette } from './palette.ts'

/**
 * The whole style of the gateway's pages. It holds none of `< > & " '`, so that JSX escaping leaves it as it is and the
 * hash in the policy fits; a test says so. Sizes are in rem and follow the visitor's font size and zoom; sides are
 * logical, so that right-to-left needs no rule of its own; colours give way to the system's in forced-colors mode, where
 * the transparent borders become visible.
 */
export function styleText(light: Palette, dark: Palette): string {
  return `${declare(':root', light)}@media (prefers-color-scheme:dark){${declare(':root', dark)}}${RULES}`
}

function declare(selector: string, palette: Palette): string {
  const entries = Object.entries(palette).map(([name, value]) => `--${name}:${value}`)
  return `${selector}{${entries.join(';')}}`
}

const RULES = `
:root{color-scheme:light dark}
*,::before,::after{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100svh;display:flex;flex-direction:column;align-items:center;
padding:clamp(1.5rem,12vh,8rem) 1.25rem 1.5rem;background:var(--page);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,Ubuntu,Cantarell,Helvetica Neue,Liberation Sans,Arial,sans-serif;
-webkit-text-size-adjust:100%;text-size-adjust:100%;overflow-wrap:anywhere}
header,main,footer{inline-size:100%;max-inline-size:25rem}
.brand{display:flex;align-items:center;gap:.75rem;margin:0 0 1.5rem;font-weight:600;letter-spacing:-.01em}
.brand img{display:block;max-block-size:2.5rem;max-inline-size:10rem}
.mark{flex:none;display:grid;place-items:center;inline-size:2.25rem;block-size:2.25rem;border:1px solid var(--edge);
border-radius:.625rem;background:var(--accent);color:var(--on);font-size:1.125rem;line-height:1}
main{padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;
box-shadow:0 1px 2px rgb(10 15 25/.04),0 12px 32px -12px rgb(10 15 25/.1)}
section{margin:1.75rem 0 0;padding:1.5rem 0 0;border-block-start:1px solid var(--line)}
h2{margin:0 0 .875rem;font-size:1.0625rem;line-height:1.3;font-weight:650}
.rows{margin:0 0 1rem;padding:0;list-style:none}
.rows li{display:flex;align-items:center;gap:1rem;padding:.75rem 0;border-block-start:1px solid var(--line)}
.rows li:first-child{padding-block-start:0;border:0}
.rows div{flex:1;min-inline-size:0}
.rows .hint{display:block}
.strong{font-weight:550}
.tag{margin-inline-start:.5rem;padding:.0625rem .5rem;border:1px solid var(--goodline);border-radius:1rem;background:var(--goodcard);color:var(--good);font-size:.8125rem}
h1{margin:0 0 1.25rem;font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;text-wrap:balance}
p{margin:0 0 1.25rem}
time{white-space:nowrap}
.muted,.hint,.small,footer{color:var(--muted)}
.hint,.small{font-size:.875rem}
.small{margin:1.25rem 0 0;overflow-wrap:anywhere}
form,fieldset{margin:0;padding:0;border:0;min-inline-size:0}
.field{margin:0 0 1.125rem}
label,legend,.label{display:block;margin:0 0 .375rem;padding:0;font-weight:550;font-size:.9375rem}
.input{display:block;inline-size:100%;min-block-size:2.875rem;padding:.5rem .8125rem;font:inherit;color:inherit;
background:var(--field);border:1px solid var(--frame);border-radius:.625rem}
.code,code{font:.875rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.input:autofill{background:var(--field)}
.input[aria-invalid]{border-color:var(--bad)}
.input[readonly]{background:transparent;border-color:var(--line);color:var(--muted)}
.code{font-size:1.375rem;letter-spacing:.2em;font-variant-numeric:tabular-nums}
.number{margin:0 0 1.25rem;font-size:2.5rem;line-height:1;font-weight:650;letter-spacing:.06em;font-variant-numeric:tabular-nums}
.error{margin:.375rem 0 0;font-size:.875rem;color:var(--bad)}
.choice{display:flex;gap:.75rem;margin:0 0 1.25rem}
.choice input{flex:none;inline-size:1.25rem;block-size:1.25rem;margin:.125rem 0 0;accent-color:var(--link)}
.choice div{flex:1}
.choice label{margin:0;min-block-size:1.5rem;font-weight:450;font-size:1rem}
.choice .hint{display:block}
.choices .choice{margin:0;padding:.875rem;border:1px solid var(--line)}
.choices .choice:nth-of-type(1){border-start-start-radius:.75rem;border-start-end-radius:.75rem}
.choices .choice:nth-of-type(2){border-end-start-radius:.75rem;border-end-end-radius:.75rem;border-block-start:0}
.choices{margin:0 0 1.25rem}
.choices legend{margin:0 0 .625rem}
.button{display:flex;align-items:center;justify-content:center;inline-size:100%;min-block-size:2.875rem;padding:.5rem 1rem;
font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;border:1px solid var(--edge);border-radius:.625rem;
background:var(--accent);color:var(--on)}
.button:hover{background:var(--hover)}
.button.quiet{background:transparent;color:var(--text);border-color:var(--frame)}
.button.quiet:hover{background:var(--page)}
.code{font:1.25rem/1.4 ui-monospace,Consolas,Liberation Mono,monospace;letter-spacing:.125em}
.steps{margin:0 0 1.25rem;padding:0 0 0 1.25rem}
.steps li{padding-inline-start:.375rem;margin:0 0 1.25rem}
.steps p{margin:0 0 .75rem}
.qr{display:block;inline-size:13rem;max-inline-size:100%;margin:0 0 .75rem;border:1px solid var(--line);border-radius:.625rem}
.key{display:block;color:var(--text);font:1rem/1.5 ui-monospace,Consolas,Liberation Mono,monospace}
.codes{display:grid;grid-template-columns:1fr 1fr;gap:.5rem 1rem;margin:0 0 1.5rem;padding:1rem;list-style:none;border:1px solid var(--line);border-radius:.625rem;background:var(--field);text-align:center;font-size:1.0625rem}
.button+.hint{margin-block-start:.5rem}
.codes code{font-family:ui-monospace,Consolas,Liberation Mono,monospace}
.small-button{inline-size:auto;min-block-size:2.25rem;padding:.25rem .75rem;font-size:.875rem}
.qr{display:block;inline-size:13rem;max-inline-size:100%;margin:0 0 .75rem;border:1px solid var(--line);border-radius:.625rem}
.shown{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:1rem 0 0}
.shown dt{font-size:.875rem;color:var(--muted)}
.shown dd{margin:0;font:600 1.5rem/1.3 ui-monospace,SFMono-Regular,Menlo,DejaVu Sans Mono,monospace;letter-spacing:.04em}
.numbers{display:flex;gap:.75rem}
.numbers+.hint{margin:.5rem 0 0}
.numbers .button.quiet{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
.fields{margin:0}
.fields div{padding:.625rem 0;border-block-start:1px solid var(--line)}
.fields div:first-child{padding-block-start:0;border:0}
.fields dt{font-size:.875rem;color:var(--muted)}
.fields dd{margin:0;white-space:pre-wrap}
.after,.button+.button,form+.button,form+form{margin-block-start:.75rem}
section+.after{margin-block-start:1.25rem}
a{color:var(--link);text-underline-offset:.2em;text-decoration-thickness:from-font}
.links{display:flex;flex-wrap:wrap;justify-content:center;gap:.25rem 1.25rem;margin:1.25rem 0 0;padding:0;list-style:none;font-size:.9375rem}
.links a{display:inline-block;padding:.25rem 0}
footer{padding-block-start:1rem}
footer .links{margin:0;font-size:.875rem}
.account header,.account footer{max-inline-size:56rem}
.columns{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:2rem;align-items:start;inline-size:100%;max-inline-size:56rem}
.columns main{max-inline-size:none}
.sections p{margin:0 0 .75rem;padding:0 .75rem;font-size:.875rem;color:var(--muted)}
.sections ul{margin:0;padding:0;list-style:none}
.sections ul+ul{margin-block-start:.75rem;padding-block-start:.75rem;border-block-start:1px solid var(--line)}
.sections a{display:block;padding:.5rem .75rem;border-radius:.5rem;color:inherit;text-decoration:none}
.sections a:hover{text-decoration:underline}
.sections [aria-current]{padding-inline-start:.5625rem;border-inline-start:.1875rem solid var(--link);background:var(--card);font-weight:600}
.narrow{max-inline-size:26rem}
.skip{position:absolute;inset-inline-start:-100vw}
.skip:focus{inset-inline-start:1rem;inset-block-start:.5rem;padding:.5rem .75rem;border-radius:.5rem;background:var(--card)}
footer a{color:inherit;text-decoration-color:var(--frame)}
.notice{display:flex;gap:.625rem;margin:0 0 1.25rem;padding:.75rem .875rem;border:1px solid;border-radius:.625rem;font-size:.9375rem}
.notice svg{flex:none;margin-block-start:.125rem}
.notice p{margin:0}
.notice p+p{margin-block-start:.375rem}
.sign{display:grid;place-items:center;inline-size:2.75rem;block-size:2.75rem;margin:0 0 1.25rem;border:1px solid;border-radius:50%}
.bad{color:var(--bad);background:var(--badcard);border-color:var(--badline)}
.note{color:var(--note);background:var(--notecard);border-color:var(--noteline)}
.good{color:var(--good);background:var(--goodcard);border-color:var(--goodline)}
.sign+h1{margin-block-end:.5rem}
.who{margin:0 0 1.25rem}
.who .label{margin:0;font-weight:400;font-size:.875rem;color:var(--muted)}
.mail{display:block;inline-size:100%;margin:0;border:1px solid var(--line);border-radius:.75rem;background:var(--page)}
iframe.mail{block-size:38rem}
pre.mail{padding:1rem;font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap}
header:has(+main .mail),main:has(.mail){max-inline-size:40rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media (max-width:48em){
.columns{display:block;max-inline-size:32rem}
.account header,.account footer{max-inline-size:32rem}
.sections{margin:0 0 1.75rem}
.sections p{padding:0}
.sections ul{display:flex;flex-wrap:wrap;gap:.375rem}
.sections ul+ul{margin-block-start:.375rem;padding:0;border:0}
.sections a{padding:.375rem .75rem;border:1px solid var(--line)}
.sections [aria-current]{padding-inline-start:.75rem;border:1px solid var(--link)}
}
@media (max-width:30em){
body{padding-block-start:1.5rem;background:var(--card)}
main{padding:0;border:0;border-radius:0;box-shadow:none;background:transparent}
.button.quiet:hover{background:transparent}
footer{padding-block-start:2rem}
}
@media (prefers-color-scheme:dark){main{box-shadow:none}}
@media (prefers-contrast:more){:root{--line:var(--frame);--muted:var(--text)}}
@media (prefers-reduced-motion:no-preference){.button,.input{transition:background-color .12s,border-color .12s}}
@media (forced-colors:active){.mark,.sign{border-color:CanvasText}.button{border-width:2px}.input[aria-invalid]{border-width:3px}}
`
  .replaceAll('\n', '')
  .trim()
