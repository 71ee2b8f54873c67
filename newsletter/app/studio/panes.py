"""The panes that are more than a look at the mail, by the names of their tabs."""

from collections.abc import Callable, Mapping

from newsletter.app.studio.calendar import schedules
from newsletter.app.studio.content import content_pane
from newsletter.app.studio.editing import edit_pane
from newsletter.app.studio.scene import Scene

PANES: Mapping[str, Callable[[Scene, str], object]] = {
    "calendar": lambda scene, item: schedules(scene),
    "content": lambda scene, item: content_pane(scene),
    "edit": lambda scene, item: edit_pane(scene.ws, scene.draft, item),
}
