import ui
from ui import menu

lesson = ui.begin(__file__)
lesson.prose("welcome")
menu.cards(lesson.language, lesson.word)
lesson.prose("begin_here")
lesson.prose("for_instructors")
lesson.end()
