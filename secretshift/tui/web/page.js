// The keyboard belongs to the terminal as soon as there is one: nobody has to click first.
(() => {
  const take = () => {
    const area = document.querySelector(".xterm-helper-textarea");
    if (area) area.focus();
    return Boolean(area);
  };
  const watch = new MutationObserver(() => take() && watch.disconnect());
  watch.observe(document.documentElement, { childList: true, subtree: true });
  window.addEventListener("focus", take);
})();
