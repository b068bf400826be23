import ui
from lessons import optimizers

lesson = ui.begin(__file__)

lesson.question(optimizers.all_or_a_sample)
lesson.question(optimizers.family)
lesson.question(optimizers.one_step)
lesson.question(optimizers.fair_race)
lesson.question(optimizers.many_starts)
lesson.question(optimizers.on_a_network)
lesson.question(optimizers.one_name)
lesson.question(optimizers.class_race)

lesson.end()
