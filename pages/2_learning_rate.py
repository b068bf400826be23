import ui
from lessons import learning_rate

lesson = ui.begin(__file__)

lesson.question(learning_rate.three_rates)
lesson.question(learning_rate.how_much)
lesson.question(learning_rate.with_schedule)
lesson.question(learning_rate.finding_a_rate)

lesson.end()
