"""An app in the colours of a theme: the settings' one, another one chosen while it runs, or none where none are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from textual.filter import LineFilter, Monochrome, NoColor

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.ui.colourless import Colourless
from hephaestus_tui.ui.eight_bit import EightBit
from hephaestus_tui.ui.notices import say, warn
from hephaestus_tui.ui.plain_signs import PlainSigns
from hephaestus_tui.ui.screens.theme import ThemeScreen
from hephaestus_tui.ui.sealed import SealedApp
from hephaestus_tui.ui.themes import FALLBACK, GREY, fitting, load_themes, readable_themes


class ThemedApp(SealedApp):
    """`settings` name the theme; `folders` hold them, the later the stronger, and the first what is shipped.

    `remember` is told what a person chooses while it runs. Raises ConfigError for a shipped theme that is broken; a
    person's own, which may be in the midst of being written, is passed over and told.
    """

    def __init__(
        self,
        log_file: Path | None,
        settings: UiSettings,
        folders: Sequence[Path],
        remember: Callable[[str], None] | None,
    ) -> None:
        super().__init__(log_file)
        self._wanted, self._few, self._remember = settings.theme, settings.sixteen, remember
        self._folders = folders
        self._own, self._faults = readable_themes(folders[1:])
        self._themes = load_themes(folders[:1]) | self._own
        self._last: list[LineFilter] = [Colourless()] if self.no_color else []
        self._last += [PlainSigns()] if settings.ascii else []
        self._last += [EightBit()] if settings.eight_bit and not settings.sixteen else []
        for theme in self._themes.values():
            self.register_theme(theme)

    def on_load(self) -> None:
        wanted = self._wanted if self._wanted in self.available_themes else FALLBACK
        fits = GREY if self.no_color else fitting(wanted, self._themes, self._own) if self._few else wanted
        self.theme = next((name for name in (fits, FALLBACK) if name in self.available_themes), self.theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        # Textual's own for NO_COLOR write greys, or the default colours
        return [
            *(f for f in super().get_line_filters() if not isinstance(f, (Monochrome, NoColor))), *self._last,
        ]  # fmt: skip

    def theme_faults(self) -> list[str]:
        """What is wrong with a person's own themes, and why the theme is not the wanted one where it is another."""
        faults = [str(fault) for fault in self._faults]
        if self._wanted not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            faults.append(f"There is no theme {self._wanted!r}; {self.theme} is used. Themes are: {known}")
        return faults

    def action_choose_theme(self) -> None:
        """Let a person try the themes, also those that were written or changed a moment ago, and keep one."""
        if self.no_color:
            say(self, "theme: NO_COLOR is set, so there are no colours to choose")
            return
        self._read_own()
        self.push_screen(ThemeScreen(sorted(self._themes), self.theme, sorted(self._own)), self._chosen)

    def _read_own(self) -> None:
        self._own, faults = readable_themes(self._folders[1:])
        for fault in faults:
            warn(self, str(fault))
        for theme in self._own.values():
            if theme == self._themes.get(theme.name):
                continue
            self._themes[theme.name] = theme
            self.register_theme(theme)
            if theme.name == self.theme:  # the name is the same, so it would not be drawn anew
                self.call_after_refresh(self._watch_theme, theme.name)

    def _chosen(self, name: str | None) -> None:
        if name is None:
            return
        self.theme = name
        if self._few or self._remember is None:
            say(self, f"{name}, until you quit")
            return
        try:
            self._remember(name)
        except HephaestusError as error:
            warn(self, str(error))
        else:
            say(self, f"{name} from now on; another `theme` in config.toml is stronger again")
