import ui
from ui import glossary

lesson = ui.begin(__file__)
lesson.prose("both_names")
glossary.draw(lesson)
lesson.end()
