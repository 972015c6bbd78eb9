"""Addresses of sign-in, the own account and the administrator's pages."""

from django.urls import path

from accounts.users import people, views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("go-on/", views.go_on, name="go-on"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("settings/", views.SettingsView.as_view(), name="settings"),
    path("settings/password/", views.PasswordChangeView.as_view(), name="password-change"),
    path("settings/sessions/<int:pk>/end/", views.session_end, name="session-end"),
    path("settings/offices/", views.office_list, name="office-list"),
    path("settings/people/", people.PersonListView.as_view(), name="people-list"),
    path("settings/people/new/", people.PersonCreateView.as_view(), name="person-create"),
    path("settings/people/<int:pk>/", people.person_detail, name="person-detail"),
    path("settings/people/<int:pk>/change/", people.PersonChangeView.as_view(), name="person-change"),
    path("settings/people/<int:pk>/deactivate/", people.PersonActionView.as_view(action="deactivate"), name="person-deactivate"),
    path("settings/people/<int:pk>/activate/", people.PersonActionView.as_view(action="activate"), name="person-activate"),
    path("settings/people/<int:pk>/password/", people.PersonActionView.as_view(action="password"), name="person-password"),
    path("settings/people/<int:pk>/unlock/", people.PersonActionView.as_view(action="unlock"), name="person-unlock"),
    path("settings/people/<int:pk>/end-sessions/", people.PersonActionView.as_view(action="end-sessions"), name="person-sessions-end"),
]
