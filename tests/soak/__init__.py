"""Does field sync lose or double anything? Tablets, a bad line, killed servers; an audit."""
