// What a page shows. The limits are characters, cut here so that no message grows past them.
(() => {
  const cut = (text, max) => { text = String(text ?? ''); return text.length > max ? text.slice(0, max) : text; };
  const root = document.documentElement;
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + '\n' : '';
  const tel = [...document.querySelectorAll('a[href], area[href]')]
    .map((a) => a.getAttribute('href') || '')
    .filter((href) => /^\s*tel:/i.test(href))
    .slice(0, 100).map((href) => cut(href.trim(), 200));
  return {
    url: cut(location.href, 65536),
    title: cut(document.title, 1000),
    text: cut((document.body || root)?.innerText, MAX_TEXT),
    html: MAX_HTML ? cut(type + (root?.outerHTML ?? ''), MAX_HTML) : '',
    tel: [...new Set(tel)],
  };
})()
