"""Printed documents: plain blocks in, a PDF with embedded Chinese type out."""
