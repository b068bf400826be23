import ui
from ui.page import navigation
from ui.quiz import goals

lesson = ui.begin(__file__)
lesson.prose("welcome")
goals.progress(lesson.language, lesson.word)
navigation.cards(lesson.language, lesson.word)
lesson.prose("begin_here")
lesson.prose("for_instructors")
lesson.end()
