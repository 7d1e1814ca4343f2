/** The guest page's own style: a few values of the design's tokens, and the system's letters, so that nothing else is fetched. */
const DARK = `--bg:oklch(.165 .009 248);--ink:oklch(.945 .004 248);--card:oklch(.198 .01 248);--muted:oklch(.232 .011 248);--soft:oklch(.755 .011 248);--line:oklch(.288 .011 248);--strong:oklch(.395 .013 248);--field:oklch(.535 .013 248);--hair:oklch(.255 .01 248);--paper:oklch(.185 .01 248);--ok:oklch(.735 .095 155);--wash:oklch(.735 .095 155/.13);--fail:oklch(.735 .15 25)`;
const LIGHT = `--bg:oklch(.968 .003 248);--ink:oklch(.225 .012 248);--card:oklch(.995 .001 248);--muted:oklch(.935 .004 248);--soft:oklch(.43 .014 248);--line:oklch(.892 .005 248);--strong:oklch(.79 .009 248);--field:oklch(.615 .012 248);--hair:oklch(.925 .004 248);--paper:oklch(.99 0 0);--ok:oklch(.49 .1 155);--wash:oklch(.58 .12 155/.11);--fail:oklch(.53 .195 27)`;

export const GUEST_STYLE = `
:root{color-scheme:dark;${DARK}}
@media (prefers-color-scheme:light){:root{color-scheme:light;${LIGHT}}}
*{box-sizing:border-box;margin:0;padding:0}
[hidden]{display:none!important}
body{background:var(--bg);color:var(--ink);font:400 15px/22px "Geist","Inter",ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%;-webkit-font-smoothing:antialiased;overflow-wrap:anywhere}
svg{display:block;flex:none;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
main{min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;max-width:430px;margin:0 auto}
header{display:flex;align-items:center;gap:8px;height:52px;padding:0 20px;color:var(--soft);font-weight:500;font-size:13px}
header i{display:inline-flex;align-items:center;gap:5px;margin-left:auto;font-style:normal;font-weight:400;font-size:12px}
header>svg{stroke-width:2.6}
.body{flex:1;padding:4px 20px 0;display:flex;flex-direction:column}
h1{font-size:22px;line-height:28px;font-weight:600;letter-spacing:-.015em;text-wrap:balance}
.soft{color:var(--soft)}
h1+.soft{margin-top:4px}
.card{margin:16px -8px 0;padding:0 0 14px;background:#fff;color:#3d444d;border:1px solid var(--line);border-radius:8px;overflow:hidden}
.pic{position:relative;aspect-ratio:1}
.pic img{display:block;width:100%;height:100%}
.card.veiled{background:var(--card);color:var(--soft)}
.veil{position:absolute;inset:0;display:grid;align-content:center;justify-items:center;gap:4px;padding:32px;text-align:center}
.veil b{color:var(--ink);font-weight:600;font-size:16px}
.coming .veil{animation:late 0s .4s both}
.coming .veil,.late .veil,.coming .veil b,.late .veil b{color:#3d444d}
.times{padding:0 30px;margin-top:-6px;font-size:13px;line-height:20px;min-height:30px}
.times p{display:flex;justify-content:space-between;margin-top:6px}
.bar{display:block;height:4px;border-radius:2px;background:#d9dde2;overflow:hidden}
.bar span{display:block;height:100%;background:#0b0d10}
ol{list-style:none;margin-top:18px;display:grid;gap:9px}
ol:empty{display:none}
li{display:grid;grid-template-columns:24px 1fr;gap:10px}
li>span{width:22px;height:22px;border:1px solid var(--strong);border-radius:50%;display:inline-flex;align-items:center;justify-content:center;font-size:12px;color:var(--soft)}
b{font-weight:600}
.note{margin-top:14px;font-size:13px;line-height:20px;color:var(--soft)}
button{display:flex;align-items:center;justify-content:center;gap:8px;width:100%;height:44px;margin-top:16px;padding:0 16px;border:1px solid var(--strong);border-radius:5px;background:var(--card);color:inherit;font:inherit;font-size:14px;font-weight:500;cursor:pointer}
button svg{color:var(--soft)}
button:hover{background:var(--muted)}
button.filled{background:var(--ink);border-color:var(--ink);color:var(--paper)}
form{margin:auto 0;padding-bottom:48px}
label{display:block;margin:20px 0 6px;font-weight:500;font-size:14px}
input{width:100%;height:44px;padding:0 12px;border:1px solid var(--field);border-radius:5px;background:var(--card);color:inherit;font:inherit;font-size:16px}
.wrong{min-height:20px;margin-top:6px;font-size:13px;line-height:20px;color:var(--fail)}
.result{margin:auto 0;padding-bottom:48px}
.result h1{font-size:26px;line-height:32px}
.sign{display:none;align-items:center;justify-content:center;width:56px;height:56px;border-radius:50%;margin-bottom:20px}
.sign svg{width:28px;height:28px;stroke-width:2}
[data-sign=ok] .ok{display:inline-flex;background:var(--wash);color:var(--ok)}
[data-sign=off] .off{display:inline-flex;background:var(--muted);color:var(--soft)}
dl{margin-top:24px;border:1px solid var(--line);border-radius:8px;background:var(--card);font-size:14px}
dl div{display:grid;grid-template-columns:92px 1fr;align-items:center;min-height:44px;padding:0 16px}
dl div+div{border-top:1px solid var(--hair)}
dt{color:var(--soft)}
.hint{margin-top:20px;font-size:14px}
.note+.note{margin-top:4px}
.hint:empty,.note:empty{display:none}
.opening{animation:late 0s .4s both}
@keyframes late{from{visibility:hidden}}
footer{padding:12px 20px 20px;min-height:52px;text-align:center;color:var(--soft);font-size:13px;line-height:20px}
@media (min-width:900px){
main:has(.code:not([hidden])){max-width:920px}
.code{display:grid;grid-template-columns:480px 1fr;grid-template-rows:repeat(4,auto) 1fr;column-gap:40px;margin:auto 0;padding-bottom:48px}
.code .card{grid-row:1/7;grid-column:1;margin:0;align-self:start}
.code>:not(.card){grid-column:2}
.code button{align-self:start}
.code h1{font-size:26px;line-height:32px}
}
`.replaceAll("\n", "");
