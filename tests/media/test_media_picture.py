"""What becomes of a picture's bytes. All files are made here."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin, features

from aggregator.media import animation, picture
from aggregator.media.picture import UnfitError

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def drawing(width=200, height=120, mode="RGB"):
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 4, height // 4), fill=(200, 30, 30))  # marks the top left corner
    return image.convert(mode)


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def frames(count=3, size=(64, 48)):
    return [Image.new("RGB", size, (40 * number % 255, 90, 200 - 20 * number % 200)) for number in range(count)]


def moving(kind, count=3, size=(64, 48), **options):
    first, *rest = frames(count, size)
    return encoded(first, kind, save_all=True, append_images=rest, duration=80, loop=0, **options)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/png"),
        pytest.param(
            "AVIF",
            "image/webp",
            marks=pytest.mark.skipif(not features.check("avif"), reason="this Pillow decodes no AVIF"),
        ),
    ],
)
def test_a_still_of_each_kind_is_kept(kind, expected):
    result = picture.read(encoded(drawing(), kind))
    assert (result.type, result.width, result.height, result.thumbnail) == (expected, 200, 120, b"")
    kept = opened(result.data)
    assert kept.size == (200, 120)
    red, green, blue = kept.convert("RGB").getpixel((5, 5))
    assert red > 150
    assert max(green, blue) < 90


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>not found</body></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00",  # ICO
        b"BM" + b"\0" * 60,
        b"II*\0" + b"\0" * 60,  # TIFF
        b"%PDF-1.7\n",
        b"  \xff\xd8\xff\xe0",
        b"RIFF\x10\0\0\0WAVEfmt ",
    ],
)
def test_what_is_no_picture_of_our_kinds_is_refused(body):
    with pytest.raises(UnfitError, match="no picture of a kind that we take"):
        picture.read(body)


@pytest.mark.parametrize("magic", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8 "])
def test_a_right_beginning_with_a_wrong_rest_is_refused(magic):
    with pytest.raises(UnfitError, match="damaged"):
        picture.read(magic + b"<script>alert(1)</script>" * 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(kind, share):
    noise = Image.effect_noise((160, 160), 80).convert("RGB")
    body = encoded(noise, kind)
    with pytest.raises(UnfitError):
        picture.read(body[: int(len(body) * share)])


def test_damaged_files_raise_nothing_else():
    chance = random.Random(7)
    originals = [encoded(drawing(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]
    originals += [moving("GIF"), moving("WEBP")]
    for body in originals:
        for _ in range(60):
            broken = bytearray(body)
            for _ in range(chance.randint(1, 12)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            del broken[chance.randrange(len(broken) // 2, len(broken)) :]
            try:
                result = picture.read(bytes(broken))
            except UnfitError:
                continue
            assert opened(result.data).size == (result.width, result.height)


@pytest.mark.parametrize("size", [(1, 1), (31, 200), (600, 2), (16, 16)])
def test_trackers_emoji_and_rules_are_refused(size):
    with pytest.raises(UnfitError, match="too few"):
        picture.read(encoded(Image.new("RGB", size), "PNG"))


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    with pytest.raises(UnfitError, match=r"exceeds|too many"):
        picture.read(body)


def test_a_picture_just_over_the_pixel_limit_is_refused():
    with pytest.raises(UnfitError, match="8000 x 5001 pixels are too many"):
        picture.read(encoded(Image.new("1", (8000, 5001)), "PNG"))


def test_a_text_bomb_in_a_png_is_refused():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a" * 30_000_000, zip=True)
    body = encoded(drawing(), "PNG", pnginfo=info)
    assert len(body) < 200_000
    with pytest.raises(UnfitError):
        picture.read(body)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, "top left"), (2, "top right"), (3, "bottom right"), (4, "bottom left"), (6, "top right"), (8, "bottom left")],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright(kind, orientation, corner):
    exif = Image.Exif()
    exif[274] = orientation
    result = picture.read(encoded(drawing(), kind, exif=exif))
    assert (result.width, result.height) == ((120, 200) if orientation > 4 else (200, 120))
    kept = opened(result.data).convert("RGB")
    left, top = "left" in corner, "top" in corner
    x, y = (5 if left else result.width - 6), (5 if top else result.height - 6)
    red, green, _ = kept.getpixel((x, y))
    assert red > 150
    assert green < 90


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("width", [200, 2400])
def test_place_camera_and_comments_go_and_the_colour_profile_stays(kind, width):
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 12.0, 34.0)
    options = {"exif": exif, "icc_profile": PROFILE, "xmp": b"<x:xmpmeta>SECRETXMP</x:xmpmeta>"}
    if kind == "JPEG":
        options["comment"] = b"SECRETCOMMENT"
    if kind == "PNG":
        del options["xmp"]
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", "SECRETAUTHOR")
    result = picture.read(encoded(drawing(width, 300), kind, **options))
    for data in filter(None, (result.data, result.thumbnail)):
        kept = opened(data)
        assert b"SECRET" not in data
        assert dict(kept.getexif()) == {}
        assert kept.info.get("icc_profile") == PROFILE


def test_a_colour_profile_that_is_none_goes():
    fake = b"\0" * 36 + b"acsp" + b"<script>alert(1)</script>" + b"\0" * 100
    result = picture.read(encoded(drawing(), "JPEG", icc_profile=fake))
    assert b"script" not in result.data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_page_hidden_behind_a_picture_does_not_get_through(kind):
    body = encoded(drawing(), kind) + b"<html><script>alert(document.domain)</script></html>"
    assert b"script" not in picture.read(body).data


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_keeps_moving_without_what_is_not_picture(kind):
    options = {"comment": b"SECRETCOMMENT"} if kind == "GIF" else {"exif": b"Exif\0\0SECRETEXIF", "xmp": b"SECRETXMP"}
    body = moving(kind, **options) + b"<script>alert(1)</script>"
    assert b"SECRET" in body
    result = picture.read(body)
    kept = opened(result.data)
    assert result.type == f"image/{kind.lower()}"
    assert (kept.n_frames, kept.size, kept.info["loop"]) == (3, (64, 48), 0)
    assert b"SECRET" not in result.data
    assert b"script" not in result.data
    for number, original in enumerate(frames()):
        kept.seek(number)
        ours, theirs = kept.convert("RGB").getpixel((9, 9)), original.getpixel((9, 9))
        assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) < 12


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_rebuilding_an_animation_twice_changes_nothing(kind):
    rebuild = {"GIF": animation.gif, "WEBP": animation.webp}[kind]
    once = rebuild(moving(kind))
    assert rebuild(once) == once


def test_an_animation_that_carries_a_page_is_shown_as_a_still():
    first, *rest = [Image.effect_noise((64, 64), 50 + step).convert("P") for step in range(3)]
    body = bytearray(encoded(first, "GIF", save_all=True, append_images=rest))
    assert body[10] & 0x87 == 0x87  # a global table of 256 colours
    body[40:61] = b"<script>alert('x');//"
    result = picture.read(bytes(body))
    assert result.type == "image/png"


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_that_is_too_heavy_is_shown_as_its_first_frame(kind, monkeypatch):
    body = moving(kind)
    monkeypatch.setattr(animation, "MAX_BYTES", len(body) - 1)
    result = picture.read(body)
    assert getattr(opened(result.data), "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_wide_picture_is_scaled_and_has_a_thumbnail(kind):
    result = picture.read(encoded(drawing(3000, 1500), kind))
    assert (result.width, result.height) == (1600, 800)
    assert opened(result.data).size == (1600, 800)
    thumbnail = opened(result.thumbnail)
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (640, 320))


def test_a_wide_picture_that_lies_on_its_side_is_measured_upright():
    exif = Image.Exif()
    exif[274] = 6
    result = picture.read(encoded(drawing(1000, 2000), "JPEG", exif=exif))
    assert (result.width, result.height) == (1600, 800)


@pytest.mark.parametrize(("width", "has_one"), [(800, False), (801, True)])
def test_only_a_picture_wider_than_800_pixels_has_a_thumbnail(width, has_one):
    assert bool(picture.read(encoded(drawing(width, 100), "PNG")).thumbnail) is has_one


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("width", [200, 1700])
def test_every_mode_of_png_keeps_its_looks(mode, width):
    source = Image.new("I;16", (width, 64), 30_000) if mode == "I;16" else drawing(width, 64).convert(mode)
    kept = opened(picture.read(encoded(source, "PNG")).data).convert("RGB")
    if mode == "I;16":
        assert kept.getpixel((50, 50)) == (117, 117, 117)
    else:
        before = source.convert("RGB").getpixel((width - 3, 60))
        after = kept.getpixel((kept.width - 3, kept.height - 4))
        assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 30 or mode == "1"


def test_transparency_stays():
    source = drawing(mode="RGBA")
    source.putpixel((100, 60), (0, 0, 0, 0))
    assert opened(picture.read(encoded(source, "PNG")).data).getpixel((100, 60))[3] == 0
    flat = Image.new("P", (64, 64), 0)
    flat.putpalette([255, 0, 0, 0, 255, 0])
    assert opened(picture.read(encoded(flat, "PNG", transparency=0)).data).convert("RGBA").getpixel((3, 3))[3] == 0


def test_printing_colours_become_screen_colours():
    result = picture.read(encoded(Image.new("CMYK", (64, 64), (255, 0, 0, 0)), "JPEG"))
    kept = opened(result.data)
    assert kept.mode == "RGB"
    assert kept.getpixel((9, 9))[0] < 60


def test_a_jpeg_that_needs_nothing_loses_next_to_nothing():
    body = encoded(Image.effect_noise((200, 200), 60).convert("RGB"), "JPEG", quality=70)
    kept = picture.read(body).data
    assert len(kept) <= len(body) * 1.02
    differences = [abs(a - b) for a, b in zip(opened(body).tobytes(), opened(kept).tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 1
