"""What a namespace asks of itself is there: its framework has no types, so that nobody else looks."""

from __future__ import annotations

import ast
import inspect

import pytest
from flask_socketio import Namespace

from helpline.faces.coordinator.socket import CoordinatorNamespace
from helpline.faces.listener.socket import ListenerNamespace
from helpline.faces.visitor.socket import VisitorNamespace


def of_itself(source: str, context: type[ast.expr_context]) -> set[str]:
    """The names that stand behind `self.` in this source, read or given."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, context)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


@pytest.mark.parametrize("namespace", [VisitorNamespace, ListenerNamespace, CoordinatorNamespace])
def test_whatever_a_namespace_reads_of_itself_it_has(namespace: type) -> None:
    ours = [each for each in namespace.__mro__ if each.__module__.startswith("helpline.")]
    sources = [inspect.getsource(each) for each in ours]
    given = set(vars(Namespace("/"))).union(*(of_itself(each, ast.Store) for each in sources))

    asked = set().union(*(of_itself(each, ast.Load) for each in sources))

    assert {each for each in asked - given if not hasattr(namespace, each)} == set()
