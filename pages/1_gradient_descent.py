import ui
from lessons import gradient_descent

lesson = ui.begin(__file__)

lesson.question(gradient_descent.one_weight)
lesson.question(gradient_descent.two_weights)
lesson.question(gradient_descent.any_landscape)
lesson.question(gradient_descent.where_it_ends)

lesson.end()
