from django.urls import URLPattern, path

from diversion.accounts import factor_views, views

urlpatterns: list[URLPattern] = [
    path("your-account/", views.your_account, name="your_account"),
    path("accounts/second-step/", factor_views.second_step, name="mfa_authenticate"),
    path("your-account/second-factor/", factor_views.second_factor, name="second_factor"),
    path("your-account/second-factor/app", factor_views.factor_app, name="factor_app"),
    path("your-account/second-factor/passkey", factor_views.factor_passkey, name="factor_passkey"),
    path("your-account/second-factor/codes", factor_views.factor_codes, name="factor_codes"),
    path("your-account/second-factor/<int:pk>/remove", factor_views.factor_remove, name="factor_remove"),
    path("users/", views.user_list, name="user_list"),
    path("users/add", views.user_add, name="user_add"),
    path("users/changes/", views.account_requests, name="account_requests"),
    path("users/changes/<int:pk>/", views.account_request, name="account_request"),
    path("users/<int:pk>/", views.user_page, name="user_page"),
    path("users/<int:pk>/disable", views.user_disable, name="user_disable"),
    path("users/<int:pk>/sign-out", views.user_sign_out, name="user_sign_out"),
    path("users/<int:pk>/enable", views.user_enable, name="user_enable"),
    path("users/<int:pk>/ask-for-link", views.user_ask_for_link, name="user_ask_for_link"),
    path("users/<int:pk>/ask-for-reset", views.user_ask_for_reset, name="user_ask_for_reset"),
    path("users/<int:pk>/vetting", views.user_vetting, name="user_vetting"),
    path("users/<int:pk>/training", views.user_training, name="user_training"),
    path("users/<int:pk>/training/<int:mark>/back", views.user_training_back, name="user_training_back"),
    path("users/<int:pk>/acting", views.user_acting, name="user_acting"),
    path("users/<int:pk>/acting/<int:asked>/end", views.user_acting_end, name="user_acting_end"),
    path("users/<int:pk>/password-link", views.user_password_link, name="user_password_link"),
]
