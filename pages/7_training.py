import ui
from lessons import training

lesson = ui.begin(__file__)

lesson.question(training.live)
data = lesson.part(training.data)
model = lesson.part(training.model, data)
compiled = lesson.part(training.compile, data, model)
fit = lesson.part(training.fit, data, model, compiled)
lesson.question(training.watch, fit)
lesson.question(training.keep, fit)

lesson.end()
