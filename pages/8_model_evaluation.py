import ui
from lessons import model_evaluation

lesson = ui.begin(__file__)

lesson.question(model_evaluation.beat_common_sense)
lesson.question(model_evaluation.behind_the_score)
lesson.question(model_evaluation.residuals)
lesson.question(model_evaluation.grow)
lesson.question(model_evaluation.tame)
lesson.question(model_evaluation.only_once)
lesson.question(model_evaluation.folds)

lesson.end()
