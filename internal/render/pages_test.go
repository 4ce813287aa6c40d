package render

import (
	"net/http"
	"time"
)

// pages are the documents of every host, by path.
func pages() map[string]http.HandlerFunc {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	return map[string]http.HandlerFunc{
		"plain": html(`<h1>Plain page</h1><p>Call +1 844 555 0143</p><a href="tel:+18445550143">call</a>`),

		"chain":        redirect("http://two.example/chain-meta?x=1#frag"),
		"chain-meta":   html(`<meta http-equiv="refresh" content="0;url=http://three.example/chain-script"><p>wait`),
		"chain-script": html(`<script>location.href = 'http://four.example/chain-form'</script>`),
		"chain-form":   html(`<form id=f action="http://five.example/chain-end" method=get><input name=phone value="844-555-0143"></form><script>f.submit()</script>`),
		"chain-end":    html(`<h1>The end</h1>`),

		"opener":       html(`<h1>Opener</h1><script>open('http://popup.example/popup?n=1', 'w', 'width=400,height=300')</script>`),
		"popup":        html(`<h1>Popup</h1><p>Call +1 855 555 0142</p><script>alert('in popup')</script>`),
		"blank-opener": html(`<h1>Opener</h1><script>const w = open('', 'x'); w.document.write('<h1>Written</h1>'); w.document.close()</script>`),
		"many":         html(`<h1>Many</h1><script>for (let i = 0; i < 9; i++) open('/deep?n=' + i, 'w' + i)</script>`),

		"alert-loop":     html(`<h1>Loop</h1><script>let n = 0; while (true) alert('Virus! call 844-555-0143')</script>`),
		"alert-stubborn": html(`<h1>Stubborn</h1><script>while (true) { try { alert('Virus!') } catch (e) {} }</script>`),
		"alert-timer":    html(`<h1>Timer</h1><script>let n = 0; setInterval(() => alert('again ' + (++n % 3)), 1)</script>`),
		"ask":            html(`<h1 id=h></h1><script>const c = confirm('Scan now?'), p = prompt('Your name?', 'x'); h.textContent = c + ' ' + p</script>`),
		"busy":           html(`<h1>Busy</h1><script>while (true) {}</script>`),
		"busy-later":     html(`<h1>Busy later</h1><script>setTimeout(() => { while (true) {} }, 50)</script>`),
		"leave":          html(`<h1>Leave</h1><script>window.onbeforeunload = () => 'Write something clever here'; document.onkeydown = () => false; document.oncontextmenu = () => false; document.documentElement.style.cursor = 'none'</script>`),
		"full":           html(`<h1>Full</h1><script>addEventListener('click', () => { document.documentElement.requestFullscreen().then(() => document.title = 'full'); navigator.keyboard.lock(); document.body.requestPointerLock() })</script>`),
		"trap":           html(`<h1>Trap</h1><script>for (let i = 0; i < 20; i++) history.pushState({}, '', '#t' + i); Notification.requestPermission(); print(); speechSynthesis.speak(new SpeechSynthesisUtterance('call 844 555 0143')); new Audio('/beep.mp3').play().catch(() => {})</script>`),
		"native":         html(`<pre id=p></pre><script>p.textContent = [alert.toString(), Function.prototype.toString.toString(), history.pushState + '', alert.name, alert.length, Object.getOwnPropertyNames(window).filter(n => /^_/.test(n)), 'webdriver' in window].join('|')</script>`),

		"auth": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="Microsoft support 1-844-555-0143"`)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte("<h1>Denied</h1>"))
		},
		"download": html(`<h1>Download</h1><script>setTimeout(() => { location.href = '/file.exe' }, 20)</script>`),
		"file.exe": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Disposition", `attachment; filename="support.exe"`)
			_, _ = w.Write(make([]byte, 5000))
		},

		"frames": html(`<h1>Outer</h1><iframe src="/inner"></iframe><iframe src="http://other.test.example/inner?far"></iframe>`),
		"inner":  html(`<p>Inner +1 866 555 0123</p><a href="tel:+18665550123">x</a><script>document.body.append(alert.toString().includes('native'))</script><iframe src="http://deep.test2.example/deep"></iframe>`),
		"deep":   html(`<p>Deep</p>`),

		"persona": html(`<pre id=p></pre><script>(async () => { const h = await navigator.userAgentData?.getHighEntropyValues(['fullVersionList', 'platformVersion', 'architecture']);
			p.textContent = JSON.stringify({ua: navigator.userAgent, platform: navigator.platform, languages: navigator.languages, webdriver: navigator.webdriver,
			zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: Intl.NumberFormat().resolvedOptions().locale, cores: navigator.hardwareConcurrency,
			touch: navigator.maxTouchPoints, size: [innerWidth, innerHeight, screen.width, screen.height], h});
			if (top === window) { const f = document.createElement('iframe'); f.src = 'https://other.far.secure.example/persona'; document.body.append(f) } })()</script>`),
		"headers": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			for _, name := range []string{"User-Agent", "Accept-Language", "Sec-Ch-Ua", "Sec-Ch-Ua-Platform", "Referer", "Proxy-Authorization"} {
				_, _ = w.Write([]byte(name + ": " + r.Header.Get(name) + "\n"))
			}
		},

		"waits":   html(`<h1>Waits</h1><script src="/wait"></script>`),
		"to-dead": redirect("http://none.test/gone"),

		"slow": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("<h1>Slow</h1>"))
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(time.Minute):
			}
		},
		"never": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(time.Minute):
			}
		},
		"broken": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte("<h1>Broken</h1>"))
		},
		"gate":      html(`<a href="http://behind.example/behind" style="position:fixed;inset:0;display:block">enter</a>`),
		"behind":    html(`<h1>Behind the gate</h1>`),
		"forbidden": html(`<a href="tel:+18445550143" style="position:fixed;inset:0;display:block">call</a>`),
		"form":      html(`<form action="/hit/form"><button style="position:fixed;inset:0">go</button></form>`),
		"endless":   html(`<script>location.replace('/endless?' + Math.random())</script>`),
	}
}

// reach tries to get at this machine and its network, past the guard and through it.
func reach(plain string) http.HandlerFunc {
	return html(`<p id=p></p><script>(async () => {
		const tries = ['http://` + plain + `/hit/direct', 'http://localhost:' + '` + plain + `'.split(':')[1] + '/hit/name', 'http://10.0.0.1/hit/private', 'http://[::1]/hit/six'];
		const all = await Promise.allSettled(tries.map((url) => fetch(url, { mode: 'no-cors', signal: AbortSignal.timeout(3000) })));
		p.textContent = 'done ' + all.filter((r) => r.status === 'fulfilled').length + ' of ' + tries.length;
	})()</script>`)
}
