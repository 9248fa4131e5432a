"""Take the pictures of the playground that the README shows, in a real browser.

    python tools/make_screenshots.py [FOLDER]

FOLDER is docs/pictures unless given. Needs Chromium and the extra "test". The same settings give the same picture, but
for the letters, which depend on the fonts of the machine.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))  # where benchmarks are

from benchmarks.browser import browsing, serving, until

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SETTINGS = "data=spiral&layers=6:tanh,4:tanh&optimizer=adam&learning_rate=0.01&features=x1,x2,sin(pi*x1),sin(pi*x2)"
EPOCHS = 200


def main() -> None:
    """Take one picture in each language."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with serving() as (address, _), browsing() as browser:
        for language, theme in (("en", "light"), ("ko", "dark")):
            page = browser.new_page(viewport={"width": 1440, "height": 860}, color_scheme=theme)
            page.goto(address.replace("/#", f"/?lang={language}#") + f"&{SETTINGS}&hide=lesson")
            until(page, "data.sequence > 0")
            page.keyboard.press("Space")
            until(page, f"+data.epoch >= {EPOCHS}")
            page.keyboard.press("Space")
            until(page, "data.playing === 'false'")
            picture = Image.open(BytesIO(page.screenshot()))
            picture.convert("RGB").quantize(256).save(folder / f"playground.{language}.png", optimize=True)


if __name__ == "__main__":
    main()
