// Runs in every frame before the page's own scripts. It reports what the page does to
// its visitor, and ends endless dialogs, without changing what the page can see: a
// wrapped function prints as the native one.
(() => {
  'use strict';
  const send = globalThis['BINDING'];
  if (!send) return; // this document has been seen to already
  delete globalThis['BINDING'];

  const { apply } = Reflect;
  const { stringify } = JSON;
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const natives = new WeakMap();
  const native = natives.get.bind(natives);
  const counts = { __proto__: null };

  const short = (value, max) => {
    try { return String(value).slice(0, max); } catch { return ''; }
  };
  // Each name is reported at most max times a document: a page must not flood us.
  const report = (name, text = '', max = 3, length = 300) => {
    counts[name] = (counts[name] || 0) + 1;
    if (counts[name] > max) return;
    send(stringify({ name, text: short(text, length) }));
  };

  const wrap = (owner, name, seen) => {
    const before = owner && getOwnPropertyDescriptor(owner, name);
    if (!before || typeof before.value !== 'function' || !before.configurable) return;
    const value = new Proxy(before.value, {
      apply(real, self, args) { return seen(() => apply(real, self, args), args, self); },
    });
    natives.set(value, before.value);
    defineProperty(owner, name, { ...before, value });
  };
  // Proxies of natives print as anonymous ones; this prints their names as well.
  wrap(Function.prototype, 'toString', (go, args, self) => {
    const real = typeof self === 'function' && native(self);
    return real ? apply(print, real, args) : go();
  });
  const print = native(Function.prototype.toString);

  const watch = (owner, name, behavior, describe = () => '', max = 3, length = 300) =>
    wrap(owner, name, (go, args, self) => {
      try { report(behavior, describe(args, self), max, length); } catch { /* a hostile toString */ }
      return go();
    });

  // A person is shown the first dialogs; then they stop showing, and in the end the
  // call throws, which is what ends while(true) { alert() }.
  let dialogs = 0;
  const shown = 5, endured = 40;
  for (const [type, answer] of [['alert', undefined], ['confirm', false], ['prompt', null]]) {
    wrap(globalThis, type, (go, args) => {
      if (++dialogs <= shown) return go();
      if (dialogs === shown + 1) report('dialog_loop', type);
      report('dialog:' + type, args[0], 60, 2000);
      if (dialogs > endured) throw new DOMException('dialog limit', 'AbortError');
      return answer;
    });
  }

  const element = (args, self) => short(self?.tagName || self?.constructor?.name, 40).toLowerCase();
  const proto = (name) => globalThis[name]?.prototype;
  for (const name of ['requestFullscreen', 'webkitRequestFullscreen', 'webkitRequestFullScreen']) {
    watch(proto('Element'), name, 'fullscreen', element);
  }
  watch(proto('Element'), 'requestPointerLock', 'pointer_lock', element);
  watch(proto('Keyboard'), 'lock', 'keyboard_lock', (args) => stringify(args[0] ?? []));
  watch(globalThis.Notification, 'requestPermission', 'notification_prompt');
  watch(globalThis, 'print', 'print');
  watch(proto('SpeechSynthesis'), 'speak', 'speech', (args) => args[0]?.text, 20, 2000);
  wrap(proto('HTMLMediaElement'), 'play', (go, args, self) => {
    if (self?.muted === false) report('audio', self.currentSrc || self.src);
    return go();
  });

  let pushes = 0;
  const trap = 5; // a page that stays where it is has no use for so many
  wrap(proto('History'), 'pushState', (go, args) => {
    if (++pushes === trap) report('history_trap', args[2] ?? '');
    return go();
  });

  // Media that starts by its autoplay attribute calls no function.
  addEventListener('play', (event) => {
    const media = event.target;
    if (!media?.muted) report('audio', media?.currentSrc);
  }, true);
})();
