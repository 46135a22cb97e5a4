"""Somebody without a mouse: where the focus goes, and what is wrong where it stops."""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

STOPS_AT_MOST = 120
# What a person needs of each stop: seen, outlined, in the screen, under nothing, large enough.
JUDGED = """smallest => {
  const at = document.activeElement;
  if (!at || at === document.body) return [];
  const found = [], style = getComputedStyle(at), box = at.getBoundingClientRect();
  const name = at.tagName + " " + (at.textContent.trim() || at.name || at.id).slice(0, 60);
  const label = at.labels?.[0]?.getBoundingClientRect();
  const size = label && at.type?.match(/checkbox|radio/) ? label : box;
  if (!box.width || !box.height) found.push("not seen");
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) found.push("no outline");
  if (box.bottom <= 0 || box.top >= innerHeight) found.push("out of the screen");
  const inside = (low, high, limit) => Math.min(Math.max((low + high) / 2, 1), limit - 1);
  const top = document.elementFromPoint(
    inside(box.left, box.right, innerWidth), inside(box.top, box.bottom, innerHeight));
  if (top && !at.contains(top) && !top.contains(at)) found.push("hidden by " + top.className);
  const alone = !at.closest("p, li, td, dd, th, label, summary, .crumbs");
  if (alone && (size.width < smallest || size.height < smallest)) found.push("too small");
  return found.map(one => name + ": " + one);
}"""
SMALLEST = 24  # CSS pixels (WCAG 2.5.8)
IS_THERE = "one => one === document.activeElement"
IN_GROUP = "one => one.name === document.activeElement.name"
# One question after each Tab: most of what a journey by keyboard costs is questions.
BOTH = "(one, smallest) => [({arrived})(one), ({judged})(smallest)]"


@dataclass
class Keyboard:
    """A page that is used by Tab, Enter, Space and letters alone."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def stop(self) -> None:
        """Go to the next stop, and judge it."""
        self.page.keyboard.press("Tab")
        self.wrong += self.page.evaluate(JUDGED, SMALLEST)

    def reach(self, target: Locator) -> None:
        """Press Tab until the focus is there. Raises AssertionError when it never comes."""
        self._until(target, IS_THERE)

    def _until(self, target: Locator, arrived: str) -> None:
        if target.evaluate(arrived):
            return
        asked = BOTH.format(arrived=arrived, judged=JUDGED)
        for _stop in range(STOPS_AT_MOST):
            self.page.keyboard.press("Tab")
            is_there, wrong = target.evaluate(asked, SMALLEST)
            self.wrong += wrong
            if is_there:
                return
        raise AssertionError(f"never reached: {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Reach something and press a key there."""
        self.reach(target)
        self.page.keyboard.press(key)

    def tick(self, box: Locator) -> None:
        """Tick a box, unless it is."""
        self.reach(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        assert box.is_checked()

    def choose(self, radio: Locator) -> None:
        """Choose a radio button: Tab stops once in its group, arrows go from one to the next."""
        self._until(radio, IN_GROUP)
        self.page.keyboard.press("Space")
        for _arrow in range(STOPS_AT_MOST):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"never chosen: {radio}")

    def type(self, target: Locator, text: str) -> None:
        """Reach a field and type."""
        self.reach(target)
        self.page.keyboard.insert_text(text)
