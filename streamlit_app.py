import streamlit as st
from streamlit import runtime

if runtime.exists():
    import ui
    from ui.page import topic_cards
    from ui.quiz import goals

    lesson = ui.begin(__file__)
    lesson.prose("welcome")
    lesson.prose("begin_here")
    goals.progress(lesson.language, lesson.word)
    topic_cards.draw(lesson.language, lesson.word)
    lesson.prose("for_instructors")
    lesson.end()
else:
    # nobody is here yet: `streamlit run` reads this file for what is to serve it
    import server

    app = st.App(__file__, lifespan=server.lifespan, middleware=server.MIDDLEWARE, routes=server.routes())
