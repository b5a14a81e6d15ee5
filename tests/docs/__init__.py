"""Tests of the documentation: its commands, its pages, its words."""
