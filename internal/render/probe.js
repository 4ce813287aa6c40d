// What a page would do with keys, the context menu, and leaving: each is tried with a
// made-up event, last of all, because a handler may act on it.
(() => {
  const found = {};
  const target = document.body || document.documentElement;
  if (!target) return found;
  const prevented = (event) => {
    try { target.dispatchEvent(event); } catch { /* the handler's own error */ }
    return event.defaultPrevented;
  };
  const keys = [['Escape', 27], ['F5', 116], ['F11', 122], ['F12', 123]].filter(([key, keyCode]) =>
    prevented(new KeyboardEvent('keydown', { key, code: key, keyCode, which: keyCode, bubbles: true, cancelable: true })));
  if (keys.some(([key]) => key !== 'Escape')) found.keys_blocked = keys.map(([key]) => key).join(' ');
  if (prevented(new MouseEvent('contextmenu', { button: 2, bubbles: true, cancelable: true }))) found.contextmenu_blocked = '';

  const leave = document.createEvent('BeforeUnloadEvent');
  leave.initEvent('beforeunload', false, true);
  try { window.dispatchEvent(leave); } catch { /* its own error */ }
  if (leave.defaultPrevented || leave.returnValue) found.beforeunload = String(leave.returnValue ?? '').slice(0, 300);

  const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2) || target;
  const cursor = getComputedStyle(middle).cursor;
  if (cursor === 'none' || /^url\(/.test(cursor)) found.cursor_hidden = cursor.slice(0, 100);
  for (const media of [...document.querySelectorAll('audio, video')].slice(0, 20)) {
    if (!media.paused && !media.muted && media.volume > 0) found.audio = String(media.currentSrc).slice(0, 300);
  }
  return found;
})()
