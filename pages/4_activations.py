import ui
from lessons import activations

lesson = ui.begin(__file__)

lesson.question(activations.shape_and_slope)
lesson.question(activations.vanishing)
lesson.question(activations.does_it_matter)
lesson.question(activations.which_one)

lesson.end()
