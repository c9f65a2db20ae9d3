"""Calm river landscapes for the campaigns, drawn from a seed out of shapes and gradients."""

import io
import math
import random
from collections.abc import Callable
from typing import NamedTuple

import vl_convert
from PIL import Image

WIDTH, HEIGHT = 1200, 600
HORIZON, SHORE = 270, 312


class Light(NamedTuple):
    """The colours of an hour: sky from top to horizon, sun, hills from far to near, water, ink."""

    sky: tuple[str, str]
    sun: str
    hills: tuple[str, str, str]
    water: tuple[str, str]
    ink: str


LIGHTS = {
    "dawn": Light(
        ("#f6d9c4", "#fdf1e2"),
        "#fff7ea",
        ("#d9c3bd", "#9fb0ad", "#5f8784"),
        ("#f4dfcd", "#7fa9ab"),
        "#2f5a5c",
    ),
    "noon": Light(
        ("#bfdde0", "#eef6f1"),
        "#ffffff",
        ("#bcd3c4", "#8bb39b", "#4f8a72"),
        ("#cfe6e6", "#4f9aa0"),
        "#1f5a58",
    ),
    "dusk": Light(
        ("#4b5a7d", "#e7b59a"),
        "#f9dcb8",
        ("#9a8a9b", "#6c6a86", "#3d4a68"),
        ("#d9a992", "#44587c"),
        "#232f4a",
    ),
    "night": Light(
        ("#16263f", "#3d5a75"),
        "#f2efdc",
        ("#34506a", "#25405a", "#162c43"),
        ("#4f6f86", "#1a3149"),
        "#0c1b2c",
    ),
    "autumn": Light(
        ("#dfe3d8", "#f8ead2"),
        "#fffaf0",
        ("#d9bf94", "#c18f57", "#8a5a3a"),
        ("#ecdcc0", "#7f9a94"),
        "#4a3527",
    ),
    "mist": Light(
        ("#d5dedd", "#eef1ec"),
        "#fbfbf5",
        ("#c8d3d0", "#a5b8b4", "#7d9793"),
        ("#e1e8e4", "#9db4b1"),
        "#4d6a67",
    ),
}


def draw(seed: str, light: str, features: list[str]) -> bytes:
    """A landscape as WebP. Raises KeyError for a light or a feature there is not."""
    svg = landscape(random.Random(seed), LIGHTS[light], features)
    picture = io.BytesIO()
    png = io.BytesIO(vl_convert.svg_to_png(svg))
    Image.open(png).convert("RGB").save(picture, "WEBP", quality=80)
    return picture.getvalue()


class River:
    """The river's course: it comes from the horizon in bends that widen."""

    def __init__(self, chance: random.Random) -> None:
        self.bend, self.far = chance.choice([-1, 1]), chance.randint(450, 750)

    def middle(self, y: float) -> float:
        depth = (y - SHORE) / (HEIGHT - SHORE)
        return self.far + self.bend * 180 * math.sin(depth * 4.6) * (0.35 + depth)

    def width(self, y: float) -> float:
        return 20 + 860 * ((y - SHORE) / (HEIGHT - SHORE)) ** 1.7


def landscape(chance: random.Random, light: Light, features: list[str]) -> str:
    """The drawing as SVG: sky, sun, hills, the river, and what stands behind and before it."""
    river = River(chance)
    features = sorted(features, key=list(FEATURES).index)
    drawn = {name: FEATURES[name](chance, light, river) for name in features}
    parts = [
        f'<rect width="{WIDTH}" height="{SHORE}" fill="url(#sky)"/>',
        f'<circle cx="{chance.randint(190, WIDTH - 190)}" cy="{chance.randint(125, 175)}" '
        f'r="{chance.randint(36, 50)}" fill="{light.sun}"/>',
        ridge(chance, HORIZON - 45, 52, light.hills[0]),
        ridge(chance, HORIZON - 8, 36, light.hills[1]),
        *(drawn[name] for name in features if name in BEHIND),
        ridge(chance, HORIZON + 30, 18, light.hills[2]),
        water(chance, light, river),
        *(drawn[name] for name in features if name not in BEHIND),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><defs>{fade("sky", *light.sky)}'
        f"{fade('water', *light.water)}</defs>{''.join(parts)}</svg>"
    )


def fade(name: str, top: str, bottom: str) -> str:
    """A gradient from top to bottom."""
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1"><stop stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{bottom}"/></linearGradient>'
    )


def ridge(chance: random.Random, level: float, height: float, colour: str) -> str:
    """A line of hills: three waves of chance, filled down to the lower edge."""
    waves = [(chance.uniform(0, 7), chance.uniform(0.6, 1.4) * n) for n in (1, 2, 5)]

    def top(x: int) -> float:
        return level - sum(
            height / n * math.sin(x / 195 * stretch + shift)
            for n, (shift, stretch) in enumerate(waves, 2)
        )

    points = " ".join(f"{x},{top(x):.0f}" for x in range(0, WIDTH + 1, 15))
    return f'<polygon fill="{colour}" points="0,{HEIGHT} {points} {WIDTH},{HEIGHT}"/>'


def water(chance: random.Random, light: Light, river: River) -> str:
    """The river, with a few lines of light on it."""
    rows = range(SHORE, HEIGHT + 9, 8)
    banks = [
        (river.middle(y) - river.width(y) / 2, river.middle(y) + river.width(y) / 2, y)
        for y in rows
    ]
    left = [f"{west:.0f},{y}" for west, _east, y in banks]
    right = [f"{east:.0f},{y}" for _west, east, y in reversed(banks)]
    lines = []
    for west, east, y in chance.sample(banks[18:], 9):
        length = (east - west) * chance.uniform(0.1, 0.3)
        x = west + (east - west - length) * chance.uniform(0.1, 0.9)
        lines.append(
            f'<rect x="{x:.0f}" y="{y}" width="{length:.0f}" height="3" rx="1.5" '
            f'fill="{light.sun}" opacity="0.4"/>'
        )
    return f'<polygon fill="url(#water)" points="{" ".join(left + right)}"/>{"".join(lines)}'


def hills(chance: random.Random, light: Light, river: River) -> str:
    return ridge(chance, HORIZON - 40, 110, light.hills[1])


def houses(chance: random.Random, light: Light, river: River) -> str:
    def house(x: int) -> str:
        wide, high = chance.randint(44, 70), chance.randint(40, 56)
        top = HORIZON + 40 - high
        roof = f"M{x - 6} {top} l{wide / 2 + 6} -28 l{wide / 2 + 6} 28z"
        return (
            f'<rect x="{x}" y="{top}" width="{wide}" height="{high}" fill="{light.ink}"/>'
            f'<path d="{roof}" fill="{light.ink}"/><rect x="{x + wide / 2 - 6}" y="{top + 9}" '
            f'width="12" height="14" fill="{light.sun}"/>'
        )

    return "".join(house(x) for x in (90, 178, 258, 900, 992, 1076))


def path(chance: random.Random, light: Light, river: River) -> str:
    points = []
    for y in range(SHORE + 6, HEIGHT + 20, 12):
        east = river.middle(y) + river.width(y) / 2
        points.append(f"{east + 24 + (y - SHORE) * 0.1:.0f},{y}")
    return (
        f'<polyline points="{" ".join(points)}" stroke="{light.sky[1]}" stroke-width="14" '
        f'fill="none" stroke-linejoin="round" opacity="0.85"/>'
    )


def bridge(chance: random.Random, light: Light, river: River) -> str:
    y, start = 330, river.middle(400) - 360
    arches = "".join(
        f"M{start + n * 180:.0f} {y + 110} v-22 a78 70 0 0 1 156 0 v22z " for n in range(4)
    )
    deck = f"M-20 {y} Q600 {y - 34} 1220 {y}"
    feet = f"V{y + 62} H{start + 720:.0f} V{y + 110} H{start - 24:.0f} V{y + 62} H-20z "
    return (
        f'<path fill-rule="evenodd" d="{deck} {feet}{arches}" fill="{light.hills[0]}"/>'
        f'<path d="{deck}" stroke="{light.ink}" stroke-width="9" fill="none"/>'
    )


def dam(chance: random.Random, light: Light, river: River) -> str:
    x = river.middle(430)
    ribs = "".join(
        f'<path d="M{x + reach} 340 l{reach * 0.05:.0f} 104" stroke="{light.ink}" stroke-width="4" '
        f'opacity="0.35"/>'
        for reach in (-280, -210, -140, -70, 70, 140, 210, 280)
    )
    return (
        f'<path d="M{x - 330} 334 Q{x} 282 {x + 330} 334z" fill="{light.water[0]}"/>'
        f'<path d="M{x - 340} 338 h680 l24 106 h-728z" fill="{light.hills[0]}"/>{ribs}'
        f'<rect x="{x - 356}" y="328" width="712" height="11" fill="{light.ink}"/>'
        f'<rect x="{x - 40}" y="342" width="80" height="104" fill="{light.sun}" opacity="0.8"/>'
    )


def island(chance: random.Random, light: Light, river: River) -> str:
    x = river.middle(510)
    return (
        f'<ellipse cx="{x}" cy="510" rx="120" ry="17" fill="{light.sky[1]}"/>'
        f'<path d="M{x - 84} 506 Q{x - 20} 450 {x + 78} 505z" fill="{light.hills[2]}"/>'
    )


def ferry(chance: random.Random, light: Light, river: River) -> str:
    x = river.middle(490) - 105
    return (
        f'<path d="M-10 400 Q600 480 1210 400" stroke="{light.ink}" stroke-width="2.5" '
        f'fill="none"/>'
        f'<path d="M{x} 478 h210 l-22 30 h-166z" fill="{light.ink}"/>'
        f'<rect x="{x + 72}" y="432" width="72" height="46" fill="{light.sun}"/>'
        f'<rect x="{x + 62}" y="424" width="92" height="10" fill="{light.ink}"/>'
    )


def boats(chance: random.Random, light: Light, river: River) -> str:
    def boat(y: int, size: int, side: float) -> str:
        x = river.middle(y) + side * river.width(y) - size / 2
        return (
            f'<path d="M{x:.0f} {y} q{size / 2} {size * 0.3:.0f} {size} 0 '
            f'l{-size * 0.14:.0f} {size * 0.22:.0f} h{-size * 0.72:.0f}z" fill="{light.ink}"/>'
        )

    return boat(470, 84, 0.16) + boat(548, 124, -0.28)


def willow(chance: random.Random, light: Light, river: River) -> str:
    x = chance.choice([130, WIDTH - 130])
    strands = "".join(
        f'<path d="M{x} 250 Q{x + reach} {chance.randint(165, 215)} {x + reach * 1.5:.0f} '
        f'{chance.randint(350, 450)}" stroke="{light.ink}" stroke-width="7" fill="none" '
        f'stroke-linecap="round" opacity="0.8"/>'
        for reach in range(-121, 122, 11)
    )
    return (
        f'{strands}<path d="M{x - 20} 490 Q{x} 360 {x} 240 Q{x + 11} 360 {x + 26} 490z" '
        f'fill="{light.ink}"/>'
    )


def reeds(chance: random.Random, light: Light, river: River) -> str:
    def reed() -> str:
        x = chance.choice([chance.randint(-15, 315), chance.randint(885, 1215)])
        top, lean = chance.randint(375, 480), chance.randint(-20, 20)
        return (
            f'<path d="M{x} 610 Q{x} {top + 70} {x + lean} {top}" stroke="{light.ink}" '
            f'stroke-width="3" fill="none"/>'
            f'<ellipse cx="{x + lean}" cy="{top}" rx="4" ry="18" fill="{light.ink}"/>'
        )

    return "".join(reed() for _ in range(34))


def birds(chance: random.Random, light: Light, river: River) -> str:
    def bird() -> str:
        x, y, span = chance.randint(120, 1080), chance.randint(80, 200), chance.randint(10, 22)
        wing = span * 0.4
        return (
            f'<path d="M{x - span} {y - wing:.0f} q{wing:.0f} {-wing / 2:.0f} {span} {wing:.0f} '
            f'q{span - wing:.0f} {-wing * 1.5:.0f} {span} {-wing:.0f}" stroke="{light.ink}" '
            f'stroke-width="3" fill="none"/>'
        )

    return "".join(bird() for _ in range(7))


Drawing = Callable[[random.Random, Light, River], str]
# From far to near: in this order they are drawn, the first two behind the river.
FEATURES: dict[str, Drawing] = {
    drawing.__name__: drawing
    for drawing in (
        hills, houses, path, bridge, dam, island, ferry, boats, willow, reeds, birds
    )
}  # fmt: skip
BEHIND = {"hills", "houses"}
