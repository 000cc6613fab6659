// The size of the wall's letters: set at /wall/calibrate, kept in this browser, and used by the wall's pages alone.
(() => {
  const KEY = "yipanqi.wall";
  const BODY_REM = 1.4;          // the body text of the wall (.alert .what)
  const BODY_ARC = 0.00669;      // tan of 23 minutes of arc
  const LEAST_PX = 12;
  const ON_WALL = /^\/($|court\/|case\/|wall\/)/.test(window.location.pathname);
  // What the national page needs to be whole: its height, and its width as a common and as a very wide screen.
  const most = () => Math.min(window.innerHeight / 48, window.innerWidth / (window.innerWidth >= 3 * window.innerHeight ? 118 : 84));
  const kept = () => { try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; } };
  const wanted = ({ width, distance }) => distance * 1000 * BODY_ARC / (width / window.innerWidth) / BODY_REM;
  const readable = ({ width }) => most() * BODY_REM * (width / window.innerWidth) / BODY_ARC / 1000;
  const apply = () => {
    const room = ON_WALL && window.innerWidth > 900 ? kept() : null;
    document.documentElement.style.fontSize = room ? `${Math.max(LEAST_PX, Math.min(most(), wanted(room))).toFixed(2)}px` : "";
  };
  apply();
  window.addEventListener("resize", apply);
  const say = (room) => {
    const place = document.getElementById("calibrated");
    if (!room) place.textContent = "尚未校准：使用默认字号。";
    else if (wanted(room) <= most()) place.textContent = `已校准：${room.distance} 米处可读。`;
    else place.textContent = `屏幕放不下这样大的字：已用最大字号，${readable(room).toFixed(1)} 米以内可读。更远的座位请用更大的屏幕。`;
  };
  const connect = () => {
    const form = document.getElementById("calibrate");
    if (!form || form.dataset.connected) return Boolean(form);
    form.dataset.connected = "yes";
    const room = kept();
    if (room) { form.elements.width.value = room.width; form.elements.distance.value = room.distance; }
    say(room);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const set = { width: Number(form.elements.width.value), distance: Number(form.elements.distance.value) };
      localStorage.setItem(KEY, JSON.stringify(set));
      apply();
      say(set);
    });
    document.getElementById("uncalibrate").addEventListener("click", () => {
      localStorage.removeItem(KEY);
      form.reset();
      apply();
      say(null);
    });
    return true;
  };
  // The form is drawn by the page's own script, after this one was read.
  if (window.location.pathname === "/wall/calibrate") {
    const watch = new MutationObserver(() => { if (connect()) watch.disconnect(); });
    watch.observe(document, { subtree: true, childList: true });
  }
})();
