"""Plans at work: `sheets` reads a draft, `operate` and `undoing` change it, `steps` lead it
from draft to published, `rebase` brings it over a state that has changed meanwhile,
`report` and `selectors` say what it comes to, `talk` keeps what people say of it.
"""
