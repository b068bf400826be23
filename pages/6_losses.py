import ui
from lessons import losses

lesson = ui.begin(__file__)

lesson.question(losses.what_it_punishes)
lesson.question(losses.outlying_points)
lesson.question(losses.not_squares_for_classes)
lesson.question(losses.softmax_once)
lesson.question(losses.by_hand_and_by_machine)
lesson.question(losses.which_one)

lesson.end()
