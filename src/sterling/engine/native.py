"""Plain Python loops over arrays, turned into machine code by LLVM within a fifth of a second, once.

The language is what counting needs and no more: parameters named by type (`Floats`, `Ints`, `Bytes`, `Shorts`,
`Words`, `int`, `float`), assignments, `for … in range(n)`, `while`, `if`, arithmetic, one comparison at a time, `and`,
`x if c else y` (both sides are worked out), `int`, `float`, `abs` and `np.rint`. Whole numbers have 64 bits and wrap
round. No sum is reordered and nothing is fused, so a function gives the bits that Python itself would. Indices are not
checked: callers do that.
"""

from __future__ import annotations

import ast
import ctypes
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.engine.kept import Kept
from sterling.engine.linked import laid_out
from sterling.engine.processor import compiler, processor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Shorts = NDArray[np.uint16]
Words = NDArray[np.uint32]
Native = Callable[..., int]

_ARRAYS: Mapping[str, type[np.generic]] = {
    "Floats": np.float64, "Ints": np.int64, "Bytes": np.uint8, "Shorts": np.uint16, "Words": np.uint32,
}  # fmt: skip
_NUMBERS = {"int": ctypes.c_int64, "float": ctypes.c_double}
_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def compiled(functions: Sequence[Callable[..., int]], *, kept: Kept | None = None) -> dict[str, Native]:
    """The functions by name, as machine code for this processor; they run without Python's lock.

    `kept`: where the code lies since an earlier run, or is left for the next; it names the sources of the functions.
    Raises ImportError without llvmlite, OSError where the source cannot be read, TypeError for what is not in the
    language.
    """
    made_for = compiler(), processor() or _processor_by_llvm()
    code = kept.read(made_for) if kept is not None else None
    if code is None:
        code = _made(functions)
        if kept is not None:
            kept.write(code, made_for)
    address = laid_out(code) or _laid_out_by_llvm(code)
    return {function.__name__: _bound(address, function) for function in functions}


def compiled_once(functions: Sequence[Callable[..., int]], sources: Sequence[str]) -> dict[str, Native] | None:
    """As `compiled`, kept beside the bytecode of the first of `sources`: the files that functions and constants are in.

    None where that is impossible, and NumPy or Polars does the same: no llvmlite, no source to read, an LLVM that has
    moved on.
    """
    try:
        return compiled(functions, kept=Kept(tuple(map(Path, (*sources, __file__)))))
    except (ImportError, OSError, TypeError, ValueError, AttributeError, RuntimeError):
        return None


def _machine() -> tuple[Any, Any]:
    """LLVM, and this machine as it knows it."""
    import llvmlite.binding as llvm  # type: ignore[import-untyped,import-not-found,unused-ignore]

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    name, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple()
    # Parts that find each other by distance can be laid out anywhere.
    return llvm, target.create_target_machine(cpu=name, features=features, opt=2, reloc="pic", codemodel="small")


def _processor_by_llvm() -> str:
    llvm, machine = _machine()
    return f"{machine.triple} {llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


def _laid_out_by_llvm(code: bytes) -> Callable[[str], int]:
    llvm, machine = _machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    address: Callable[[str], int] = engine.get_function_address  # the engine lives as long as its method
    return address


def _made(functions: Sequence[Callable[..., int]]) -> bytes:
    """The functions compiled, as an object file."""
    import llvmlite.ir as ir  # type: ignore[import-untyped,import-not-found,unused-ignore]

    llvm, machine = _machine()
    module = ir.Module()
    for function in functions:
        _Function(ir, module, function)
    code = llvm.parse_assembly(str(module))
    code.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=2)
    tuning.loop_unrolling = False  # longer code takes longer to make, and is no faster here
    tuning.loop_vectorization = True  # rows that do not depend on each other are worked out side by side
    tuning.slp_vectorization = True  # so are sums that stand side by side
    passes = llvm.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(code, passes)
    return bytes(machine.emit_object(code))


def _tree(function: Callable[..., int]) -> ast.FunctionDef:
    (tree,) = ast.parse(inspect.getsource(function)).body
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError("only plain functions can be compiled")
    return tree


def _kinds(function: Callable[..., int]) -> list[str]:
    """How each parameter is annotated: by one name, as text."""
    code = inspect.unwrap(function).__code__
    kinds = [str(function.__annotations__.get(name, "")) for name in code.co_varnames[: code.co_argcount]]
    if any(kind not in _ARRAYS and kind not in _NUMBERS for kind in kinds):
        raise TypeError(f"{function.__name__}: a parameter is annotated with one name of the language")
    return kinds


def _bound(address: Callable[[str], int], function: Callable[..., int]) -> Native:
    """Call by address. The memory it is in stays alive as long as the function does."""
    kinds = _kinds(function)
    types: list[Any] = [ctypes.c_void_p if kind in _ARRAYS else _NUMBERS[kind] for kind in kinds]
    code: Any = ctypes.CFUNCTYPE(ctypes.c_int64, *types)(address(function.__name__))
    code.address = address

    def call(*given: Any) -> int:
        return int(code(*(_passed(value, kind) for value, kind in zip(given, kinds, strict=True))))

    return call


def _passed(value: Any, kind: str) -> Any:
    if kind not in _ARRAYS:
        return value
    if value.dtype != _ARRAYS[kind] or not (value.flags.c_contiguous and value.flags.aligned):
        raise TypeError(f"expected contiguous {kind}, got {value.dtype}")
    return value.ctypes.data


class _Function:
    """Writes one function into an LLVM module. Variables live in memory until LLVM puts them into registers."""

    def __init__(self, ir: Any, module: Any, source: Callable[..., int]) -> None:
        tree, kinds = _tree(source), _kinds(source)
        self.ir, self.module = ir, module
        self.constants: Mapping[str, object] = inspect.unwrap(source).__globals__
        self.whole, self.real, self.bit = ir.IntType(64), ir.DoubleType(), ir.IntType(1)
        narrow = {"Bytes": ir.IntType(8), "Shorts": ir.IntType(16), "Words": ir.IntType(32)}
        elements = {"Floats": self.real, "Ints": self.whole, **narrow}
        plain = {"int": self.whole, "float": self.real}
        types = [elements[k].as_pointer() if k in elements else plain[k] for k in kinds]
        function = ir.Function(module, ir.FunctionType(self.whole, types), tree.name)
        self.entry = function.append_basic_block()
        self.at = ir.IRBuilder(function.append_basic_block())
        first = self.at.block
        self.arrays: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}
        for argument, kind, value in zip(tree.args.args, kinds, function.args, strict=True):
            if kind in elements:
                value.add_attribute("noalias")
                self.arrays[argument.arg] = value
            else:
                self.assign(argument.arg, value)
        self.body(tree.body)
        if not self.at.block.is_terminated:
            self.at.ret(self.whole(0))
        ir.IRBuilder(self.entry).branch(first)

    # --- statements ---

    def body(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[target], value=value):
                self.store(target, self.value(value))
            case ast.AugAssign(target=target, op=op, value=value):
                self.store(target, self.binary(op, self.value(target), self.value(value)))
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=[count])):
                self.count(name, self.value(count), node.body)
            case ast.While(test=test):
                self.loop(lambda: self.value(test), lambda: self.body(node.body))
            case ast.If(test=test):
                self.branch(self.value(test), node)
            case ast.Return(value=ast.expr() as value):
                self.at.ret(self.value(value))
            case ast.Expr(value=ast.Constant()):
                pass  # a docstring
            case _:
                raise TypeError(f"line {node.lineno}: {type(node).__name__} is not in the language")

    def assign(self, name: str, value: Any) -> None:
        if name not in self.variables:
            self.variables[name] = self.ir.IRBuilder(self.entry).alloca(value.type)
        self.at.store(value, self.variables[name])

    def store(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.assign(name, value)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                place = self.at.gep(self.arrays[name], [self.value(index)])
                element = place.type.pointee
                narrow = value.type == self.whole and element not in (self.whole, self.real)
                self.at.store(self.at.trunc(value, element) if narrow else value, place)
            case _:
                raise TypeError("only names and elements of arrays can be assigned to")

    def count(self, name: str, count: Any, statements: Sequence[ast.stmt]) -> None:
        self.assign(name, self.whole(0))
        held = self.variables[name]

        def once() -> None:
            self.body(statements)
            self.at.store(self.at.add(self.at.load(held), self.whole(1)), held)

        self.loop(lambda: self.at.icmp_signed("<", self.at.load(held), count), once)

    def loop(self, test: Callable[[], Any], body: Callable[[], None]) -> None:
        head, inside, after = (self.at.append_basic_block() for _ in range(3))
        self.at.branch(head)
        self.at.position_at_end(head)
        self.at.cbranch(test(), inside, after)
        self.at.position_at_end(inside)
        body()
        self.at.branch(head)
        self.at.position_at_end(after)

    def branch(self, test: Any, node: ast.If) -> None:
        then, other, after = (self.at.append_basic_block() for _ in range(3))
        self.at.cbranch(test, then, other)
        for block, statements in ((then, node.body), (other, node.orelse)):
            self.at.position_at_end(block)
            self.body(statements)
            if not self.at.block.is_terminated:
                self.at.branch(after)
        self.at.position_at_end(after)

    # --- expressions ---

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=number):
                return self.number(number)
            case ast.Name(id=name):
                held = self.variables.get(name)
                return self.number(self.constants[name]) if held is None else self.at.load(held)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                value = self.at.load(self.at.gep(self.arrays[name], [self.value(index)]))
                return value if value.type in (self.whole, self.real) else self.at.zext(value, self.whole)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(op, self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.value(operand)
                return self.at.fneg(value) if value.type == self.real else self.at.neg(value)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.compare(_COMPARED[type(op)], self.value(left), self.value(right))
            case ast.BoolOp(op=ast.And(), values=[first, second]):
                return self.both(first, second)
            case ast.IfExp(test=test, body=then, orelse=other):
                a, b = self.alike(self.value(then), self.value(other))
                return self.at.select(self.value(test), a, b)
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self.call(name, self.value(argument))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="rint"), args=[argument]):
                return self.call("rint", self.value(argument))
            case _:
                raise TypeError(f"line {node.lineno}: {type(node).__name__} is not in the language")

    def number(self, value: object) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError("only numbers can be constants")
        return self.whole(value) if isinstance(value, int) else self.real(value)

    def alike(self, a: Any, b: Any) -> tuple[Any, Any]:
        if a.type == b.type:
            return a, b
        return self.call("float", a), self.call("float", b)

    def binary(self, op: ast.operator, left: Any, right: Any) -> Any:
        a, b = self.alike(left, right)
        real = a.type == self.real
        match op:
            case ast.Add():
                return self.at.fadd(a, b) if real else self.at.add(a, b)
            case ast.Sub():
                return self.at.fsub(a, b) if real else self.at.sub(a, b)
            case ast.Mult():
                return self.at.fmul(a, b) if real else self.at.mul(a, b)
            case ast.RShift() if not real:
                return self.at.ashr(a, b)
            case ast.BitAnd() if not real:
                return self.at.and_(a, b)
            case _:
                raise TypeError(f"{type(op).__name__} is not in the language")

    def compare(self, sign: str, left: Any, right: Any) -> Any:
        a, b = self.alike(left, right)
        if a.type != self.real:
            return self.at.icmp_signed(sign, a, b)
        return self.at.fcmp_unordered(sign, a, b) if sign == "!=" else self.at.fcmp_ordered(sign, a, b)

    def both(self, first: ast.expr, second: ast.expr) -> Any:
        """The second is looked at only where the first holds."""
        left, start = self.value(first), self.at.block
        more, after = self.at.append_basic_block(), self.at.append_basic_block()
        self.at.cbranch(left, more, after)
        self.at.position_at_end(more)
        right, end = self.value(second), self.at.block
        self.at.branch(after)
        self.at.position_at_end(after)
        result = self.at.phi(self.bit)
        result.add_incoming(self.bit(0), start)
        result.add_incoming(right, end)
        return result

    def call(self, name: str, value: Any) -> Any:
        real = value.type == self.real
        match name:
            case "int":
                return self.at.fptosi(value, self.whole) if real else value
            case "float":
                return value if real else self.at.sitofp(value, self.real)
            case "abs" | "rint" if real:
                intrinsic = {"abs": "llvm.fabs", "rint": "llvm.rint"}[name]
                return self.at.call(self.module.declare_intrinsic(intrinsic, [self.real]), [value])
            case _:
                raise TypeError(f"{name} is not in the language")
