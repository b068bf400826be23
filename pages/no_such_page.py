import ui
from ui.page import no_such_page, topic_cards

lesson = ui.begin(__file__)
no_such_page.draw(lesson)
topic_cards.draw(lesson.language, lesson.word)
lesson.end()
