"""``wirecopy service``: a systemd unit with the right paths."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import configuration, examples
from aggregator.cli.output import say, tell

if TYPE_CHECKING:
    from aggregator.config import Config

EPILOG = examples(
    "wirecopy service",
    "wirecopy service --install && systemctl --user enable --now wirecopy",
    "sudo wirecopy --config /etc/wirecopy/config.toml service --system --user wirecopy --install",
)
NAME = "wirecopy.service"

#: What a unit of the whole machine may do without; systemd.exec(5).
HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
"""


def service(
    ctx: typer.Context,
    system: Annotated[
        bool, typer.Option("--system", help="A unit of the whole machine; else one of your own.")
    ] = False,
    user: Annotated[str | None, typer.Option(help="Who runs it, of a --system unit; else you.")] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Write it where systemd looks, instead of printing it.")
    ] = False,
) -> None:
    """Prints a systemd unit for this configuration, or installs it."""
    config = configuration(ctx)
    text = unit(config, system=system, user=user or getpass.getuser())
    if not install:
        say(text.rstrip("\n"))
        return
    folder = Path("/etc/systemd/system") if system else _own_units()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(text, encoding="utf-8")
    control = "systemctl" if system else "systemctl --user"
    tell(f"wrote {folder / NAME}")
    tell(f"next: {control} daemon-reload && {control} enable --now {NAME.removesuffix('.service')}")
    if not system:
        tell("to run while you are not logged in: loginctl enable-linger")


def unit(config: Config, *, system: bool, user: str) -> str:
    """The text of the unit; see systemd.service(5) and sd_notify(3)."""
    patience = int(config.daemon.stop_timeout.total_seconds()) + 20
    lines = [
        "[Unit]",
        f"Description=Wirecopy: {_quoted(config.site.title)}",
        "Documentation=man:systemd.service(5)",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={_command()} --config {_argument(str(config.path))} run",
        "ExecReload=/bin/kill -HUP $MAINPID",
        f"WorkingDirectory={_quoted(str(config.folder))}",
        "Restart=on-failure",
        "RestartSec=30",
        # 2: the configuration is wrong, and will be so the next time too.
        "RestartPreventExitStatus=2",
        "WatchdogSec=120",
        f"TimeoutStopSec={patience}",
        "KillMode=mixed",
        "UMask=0022",
    ]
    if system:
        written = [_argument(str(path)) for path in _written(config)]
        # As root and outside the sandbox, which can let nobody write to a folder that is not there yet.
        lines.append(f"ExecStartPre=+/usr/bin/install -d -o {user} {' '.join(written)}")
        lines += [f"User={user}", *HARDENING.splitlines(), *(f"ReadWritePaths={path}" for path in written)]
    else:
        lines += ["NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes"]
    lines += ["", "[Install]", f"WantedBy={'multi-user' if system else 'default'}.target", ""]
    return "\n".join(lines)


def _written(config: Config) -> list[Path]:
    """The folders that the daemon writes to, and none that lies inside another."""
    store = config.resolve(config.store.url.removeprefix("sqlite:///")).parent
    found = {store, config.store.media}
    for target in config.targets.values():
        path = getattr(target.options, "path", None)
        if isinstance(path, (str, Path)):
            found.add(config.resolve(path))
    folders = sorted(Path(os.path.normpath(path)) for path in found)
    return [folder for folder in folders if not any(other in folder.parents for other in folders)]


def _own_units() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _command() -> str:
    """How this very program is started."""
    beside = Path(sys.executable).with_name("wirecopy")
    program = str(beside) if beside.exists() else shutil.which("wirecopy")
    return _argument(program) if program else f"{_argument(sys.executable)} -m aggregator"


def _quoted(text: str) -> str:
    """Without what systemd would take for a specifier."""
    return text.replace("%", "%%")


def _argument(text: str) -> str:
    text = _quoted(text).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{text}"' if any(c in text for c in " '\t;\\\"") else text
