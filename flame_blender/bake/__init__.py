"""Heads as vertex caches that play without the add-on."""
