"""Addresses of 通知."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
