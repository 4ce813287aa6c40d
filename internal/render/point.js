// Where a person would click: the largest visible thing that looks clickable, else the
// middle of the page. Nothing that calls, mails, downloads or sends a form.
(() => {
  const wide = innerWidth, high = innerHeight;
  const outside = (a) => a.hasAttribute('download') ||
    !['http:', 'https:', 'javascript:', 'about:', 'blob:', 'data:'].includes(a.protocol || 'http:');
  const forbidden = (el) => {
    for (let e = el; e; e = e.parentElement) {
      const tag = e.localName;
      if (tag === 'a' && e.hasAttribute('href') && outside(e)) return true;
      if (tag === 'input' || tag === 'select' || tag === 'textarea') return true;
      if (tag === 'button' && e.form && e.type !== 'button') return true;
      if (tag === 'label' && e.control) return true;
    }
    return false;
  };
  const free = (x, y) => {
    const el = document.elementFromPoint(x, y);
    return !!el && !forbidden(el);
  };
  const clickable = 'a[href], button, [onclick], [role=button], [role=link], area[href], summary';
  const candidates = [...document.querySelectorAll(clickable)].slice(0, 2000);
  let best = null;
  for (const el of candidates) {
    if (el === document.body || el === document.documentElement) continue;
    const r = el.getBoundingClientRect();
    const left = Math.max(0, r.left), right = Math.min(wide, r.right);
    const top = Math.max(0, r.top), bottom = Math.min(high, r.bottom);
    const area = (right - left) * (bottom - top);
    if (right - left < 4 || bottom - top < 4 || (best && area <= best.area)) continue;
    const x = (left + right) / 2, y = (top + bottom) / 2;
    const hit = document.elementFromPoint(x, y);
    if (!hit || !(el === hit || el.contains(hit)) || forbidden(hit)) continue;
    best = { x, y, area, what: el.localName };
  }
  if (best) return best;
  for (const [fx, fy] of [[.5, .5], [.5, .25], [.25, .5], [.75, .5], [.5, .75], [.1, .1], [.9, .1], [.1, .9], [.9, .9]]) {
    if (free(wide * fx, high * fy)) return { x: wide * fx, y: high * fy, what: 'page' };
  }
  return null; // everything here would act
})()
