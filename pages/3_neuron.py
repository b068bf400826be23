import ui
from lessons import neuron

lesson = ui.begin(__file__)

lesson.question(neuron.nerve_cell)
lesson.question(neuron.one_unit)
lesson.question(neuron.one_unit_gates)
lesson.question(neuron.two_hidden)
lesson.question(neuron.number_by_number)

lesson.end()
