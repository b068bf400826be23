import ui
from ui import challenges, menu

lesson = ui.begin(__file__)
lesson.prose("welcome")
challenges.progress(lesson.language, lesson.word)
menu.cards(lesson.language, lesson.word)
lesson.prose("begin_here")
lesson.prose("for_instructors")
lesson.end()
